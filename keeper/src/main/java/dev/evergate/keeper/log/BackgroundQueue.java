package dev.evergate.keeper.log;

import dev.evergate.keeper.time.HostTime;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Hands things to a thread of its own, so that nobody waits for a slow disk or a full pipe.
 *
 * <p>A full queue drops and counts. What the receiver throws costs the one thing it was given.
 * Thread-safety: safe.
 */
public final class BackgroundQueue<T> {
    private final BlockingQueue<T> waiting;
    private final AtomicInteger unwritten = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Consumer<T> receiver;

    /**
     * @param size how many things may wait
     * @param receiver is called on the thread with this name, one thing at a time
     */
    public BackgroundQueue(String threadName, int size, Consumer<T> receiver) {
        this.waiting = new ArrayBlockingQueue<>(size);
        this.receiver = receiver;
        HostTime.startDaemon(threadName, this::work);
    }

    /** Queues a thing; false when it was dropped. */
    public boolean offer(T thing) {
        unwritten.incrementAndGet();
        if (waiting.offer(thing)) {
            return true;
        }
        unwritten.decrementAndGet();
        dropped.incrementAndGet();
        return false;
    }

    /** How many things were dropped since this was last asked. */
    public int takeDropped() {
        return dropped.get() == 0 ? 0 : dropped.getAndSet(0);
    }

    /** Waits until everything has been received, but not longer than this; returns what is left. */
    public long flush(long timeoutMs) {
        long end = HostTime.monotonicMs() + timeoutMs;
        while (unwritten.get() > 0 && HostTime.monotonicMs() < end) {
            HostTime.sleep(1);
        }
        return Math.max(0, end - HostTime.monotonicMs());
    }

    private void work() {
        while (!Thread.currentThread().isInterrupted()) { // Nobody does; the process is ending.
            try {
                T thing = waiting.take();
                try {
                    receiver.accept(thing);
                } finally {
                    unwritten.decrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | InternalError e) {
                // A log must not end what it logs about. A file that shrinks while it is mapped is
                // an InternalError, which may come a little late.
            }
        }
    }
}
