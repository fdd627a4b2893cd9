package dev.evergate.keeper;

import dev.evergate.keeper.log.Console;
import dev.evergate.keeper.log.DailyFile;
import dev.evergate.keeper.log.JsonLine;
import dev.evergate.keeper.log.LineWriter;
import dev.evergate.keeper.ring.RingLog;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.keeper.time.HostTime;

import java.nio.file.Path;

/**
 * The keeper's log: whole JSON lines in a file a day, the same events in the ring, and few human
 * lines on the console.
 *
 * <p>The file is shared with the generations: it is opened for appending and every line is one
 * write. Days are those of UTC. Thread-safety: safe.
 */
final class KeeperLog {
    private static final long FLUSH_MS = 200;

    private final LineWriter file;
    private final LineWriter console;
    private final RingLog ring;
    private volatile long generation;

    /** Logs below a folder and into a ring, which exist or come to exist. */
    KeeperLog(Path folder, Path ring) {
        this.file = new LineWriter("log-file", new DailyFile(folder));
        this.ring = new RingLog(ring, RingRecord.Process.KEEPER, true);
        this.console = new LineWriter("log-console", new Console());
    }

    /** The generation later lines are about, 0 for none. */
    void about(long number) {
        generation = number;
    }

    /** Something worth keeping. */
    void info(String event, String message) {
        append(RingRecord.Level.INFO, event, message);
    }

    /** Something that should not have happened. */
    void warn(String event, String message) {
        append(RingRecord.Level.WARN, event, message);
    }

    /** Something a person at the terminal wants to know, too. */
    void say(String event, String message) {
        append(RingRecord.Level.INFO, event, message);
        console.offer(message);
    }

    /** Something that should not have happened and that a person at the terminal wants to know. */
    void complain(String event, String message) {
        append(RingRecord.Level.WARN, event, message);
        console.offer(message);
    }

    /** Gives queued lines a short time to be written. */
    void flush() {
        var _ = console.flush(file.flush(ring.flush(FLUSH_MS)));
    }

    private void append(RingRecord.Level level, String event, String message) {
        ring.note(level, generation, event, message);
        int dropped = file.takeDropped() + console.takeDropped() + ring.takeDropped();
        if (dropped > 0) {
            file.offer(line(RingRecord.Level.WARN, "log.dropped", dropped + " lines were dropped"));
        }
        file.offer(line(level, event, message));
    }

    private String line(RingRecord.Level level, String event, String message) {
        return JsonLine.begin(HostTime.wallMs(), level.name(), "keeper")
                .with("generation", generation)
                .with("event", event)
                .with("message", message)
                .toString();
    }
}
