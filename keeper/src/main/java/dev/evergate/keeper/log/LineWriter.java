package dev.evergate.keeper.log;

import dev.evergate.keeper.time.HostTime;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes lines on a thread of its own, so that nobody waits for a slow disk or a full pipe.
 *
 * <p>A full queue drops lines and counts them. Thread-safety: safe.
 */
public final class LineWriter {
    private static final int LINES_MAX = 256;

    /** Where lines go; called by one thread. */
    public interface Sink {
        /** Writes a whole line, its end included. */
        void write(byte[] line);
    }

    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicInteger unwritten = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Sink sink;

    public LineWriter(String threadName, Sink sink) {
        this.sink = sink;
        HostTime.startDaemon(threadName, this::work);
    }

    /** Queues a line; false when it was dropped. */
    public boolean offer(String line) {
        unwritten.incrementAndGet();
        if (lines.offer((line + "\n").getBytes(StandardCharsets.UTF_8))) {
            return true;
        }
        unwritten.decrementAndGet();
        dropped.incrementAndGet();
        return false;
    }

    /** How many lines were dropped since this was last asked. */
    public int takeDropped() {
        return dropped.getAndSet(0);
    }

    /** Waits until everything is written, but not longer than this. */
    public void flush(long timeoutMs) {
        long end = HostTime.monotonicMs() + timeoutMs;
        while (unwritten.get() > 0 && HostTime.monotonicMs() < end) {
            HostTime.sleep(1);
        }
    }

    private void work() {
        try {
            while (true) {
                byte[] line = lines.take();
                sink.write(line);
                unwritten.decrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody does this; the process is ending.
        }
    }
}
