package dev.evergate.app.observe;

import ch.qos.logback.classic.LoggerContext;

import dev.evergate.keeper.log.Console;
import dev.evergate.keeper.log.DailyFile;
import dev.evergate.keeper.log.LineWriter;

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

    private GenerationLog(LineWriter file, LineWriter console) {
        this.file = file;
        this.console = console;
    }

    /** Sends every log line of this process to the day's file in {@code directory}. Call once. */
    public static GenerationLog start(Path directory, long generation) {
        var log =
                new GenerationLog(
                        new LineWriter("log-file", new DailyFile(directory)),
                        new LineWriter("log-console", new Console()));
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var target = new JsonLog(log.file, log.console, generation);
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
        file.flush(FLUSH_MS);
        console.flush(FLUSH_MS);
    }
}
