package dev.evergate.server.ws;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that many connections together may fill with messages above a size that is everybody's
 * right. Thread-safe.
 */
public final class FrameBudget {
    private static final int SMALL_BYTES = 1 << 20;

    private final int smallBytes;
    private final AtomicLong freeBytes;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Messages up to 1 MiB are everybody's right. */
    public FrameBudget(long totalBytes) {
        this(totalBytes, SMALL_BYTES);
    }

    /**
     * @param smallBytes messages up to this size are everybody's right
     */
    public FrameBudget(long totalBytes, int smallBytes) {
        this.smallBytes = smallBytes;
        this.freeBytes = new AtomicLong(totalBytes);
    }

    /** Whether somebody may hold that much without asking. */
    public boolean isSmall(long bytes) {
        return bytes <= smallBytes;
    }

    /** Takes {@code bytes} if they are there. */
    public boolean reserve(long bytes) {
        long free = freeBytes.get();
        while (free >= bytes) {
            if (freeBytes.compareAndSet(free, free - bytes)) {
                return true;
            }
            free = freeBytes.get();
        }
        return false;
    }

    /** Gives {@code bytes} back and wakes everybody who waits. */
    public void release(long bytes) {
        if (bytes == 0) {
            return;
        }
        freeBytes.addAndGet(bytes);
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    /**
     * Runs {@code retry} once, soon after the next release, on the releasing thread. Each
     * connection waits at most once, so the queue is as long as there are connections.
     */
    void whenFree(Runnable retry) {
        waiting.add(retry);
    }

    /** What is left; for tests and status. */
    public long freeBytes() {
        return freeBytes.get();
    }
}
