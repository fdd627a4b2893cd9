package dev.evergate.keeper.log;

import java.nio.charset.StandardCharsets;

/**
 * Writes lines on a thread of its own; a full queue drops lines and counts them.
 *
 * <p>Thread-safety: safe.
 */
public final class LineWriter {
    private static final int LINES_MAX = 256;

    private final BackgroundQueue<byte[]> lines;

    /** Where lines go; called by one thread. */
    public interface Sink {
        /** Writes a whole line, its end included. */
        void write(byte[] line);
    }

    public LineWriter(String threadName, Sink sink) {
        lines = new BackgroundQueue<>(threadName, LINES_MAX, sink::write);
    }

    /** Queues a line; false when it was dropped. */
    public boolean offer(String line) {
        return lines.offer((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** How many lines were dropped since this was last asked. */
    public int takeDropped() {
        return lines.takeDropped();
    }

    /** Waits until everything is written, but not longer than this; returns what is left. */
    public long flush(long timeoutMs) {
        return lines.flush(timeoutMs);
    }
}
