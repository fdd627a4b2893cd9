package dev.evergate.app.observe;

import ch.qos.logback.classic.LoggerContext;

import dev.evergate.keeper.log.Console;
import dev.evergate.keeper.log.LineWriter;
import dev.evergate.keeper.ring.RingLog;
import dev.evergate.keeper.ring.RingRecord;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;

/**
 * Where one generation's log lines go. Nobody ever waits for a disk or a terminal: full queues drop
 * lines and count them. Thread-safe.
 */
public final class GenerationLog implements AutoCloseable {
    /** What an exit waits for its last lines. */
    private static final long FLUSH_MS = 200;

    private final LineWriter file;
    private final LineWriter console;
    private final RingLog ring;

    private GenerationLog(LineWriter file, LineWriter console, RingLog ring) {
        this.file = file;
        this.console = console;
        this.ring = ring;
    }

    /**
     * Sends every log line of this process to the day's file in {@code directory}, and what happens
     * to it to the {@code ring} as well. Call once.
     *
     * @param ownsState whether no keeper holds the state, so that the ring is this process's
     */
    public static GenerationLog start(
            Path directory, Path ring, long generation, boolean ownsState) {
        var file = new LogFile(directory);
        var log =
                new GenerationLog(
                        new LineWriter("log-file", file),
                        new LineWriter("log-console", new Console()),
                        new RingLog(ring, RingRecord.Source.GENERATION, ownsState));
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var target = new JsonLog(file, log.file, log.console, new Chronicle(log.ring, generation));
        target.setContext(context);
        target.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(target);
        return log;
    }

    /** Shows something to the person at the terminal. */
    public void console(String text) {
        console.offer(text);
    }

    @Override
    public void close() {
        var _ = console.flush(file.flush(ring.flush(FLUSH_MS)));
    }
}
