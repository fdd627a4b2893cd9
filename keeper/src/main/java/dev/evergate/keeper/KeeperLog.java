package dev.evergate.keeper;

import dev.evergate.keeper.log.Console;
import dev.evergate.keeper.log.DailyFile;
import dev.evergate.keeper.log.JsonLine;
import dev.evergate.keeper.log.LineWriter;
import dev.evergate.keeper.ring.RingLog;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.keeper.time.HostTime;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The keeper's log: whole JSON lines in a file a day, the same events in the ring, and few human
 * lines on the console.
 *
 * <p>The file is shared with the generations: it is opened for appending and every line is one
 * write. Days are those of UTC. Thread-safety: safe.
 */
final class KeeperLog {
    private static final long FLUSH_MS = 200;
    private static final int EARLY_MAX = 64;

    private final LineWriter file;
    private final LineWriter console;
    private final List<Early> early = new ArrayList<>();
    private @Nullable RingLog ring;
    private volatile long generation;

    /** Something that happened before the ring was ours. */
    private record Early(RingRecord.Level level, String event, String message) {}

    /** Logs below a folder, which exists or comes to exist. */
    KeeperLog(Path folder) {
        this.file = new LineWriter("log-file", new DailyFile(folder));
        this.console = new LineWriter("log-console", new Console());
    }

    /** Writes into the ring, too, what has happened so far and from now on: it is ours now. */
    synchronized void remember(Path file) {
        RingLog opened = new RingLog(file, RingRecord.Source.KEEPER, true);
        for (Early note : early) {
            opened.note(note.level(), 0, note.event(), note.message());
        }
        early.clear();
        ring = opened;
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
        RingLog opened = opened();
        var _ = console.flush(file.flush(opened == null ? FLUSH_MS : opened.flush(FLUSH_MS)));
    }

    private synchronized @Nullable RingLog opened() {
        return ring;
    }

    /** Returns how many notes were dropped since the last call. */
    private synchronized int note(RingRecord.Level level, String event, String message) {
        if (ring != null) {
            ring.note(level, generation, event, message);
            return ring.takeDropped();
        }
        if (early.size() < EARLY_MAX) {
            early.add(new Early(level, event, message));
        }
        return 0;
    }

    private void append(RingRecord.Level level, String event, String message) {
        int dropped = note(level, event, message) + file.takeDropped() + console.takeDropped();
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
