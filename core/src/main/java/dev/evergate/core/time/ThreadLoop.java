package dev.evergate.core.time;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** A loop on a daemon thread of its own. */
final class ThreadLoop implements Loop {
    /**
     * More waiting decisions than this means that nothing is decided any more; refusing is then the
     * honest answer.
     */
    private static final int WAITING_MAX = 100_000;

    private static final long IDLE = Long.MIN_VALUE;

    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
    private final Time time;
    private final Consumer<Throwable> faults;
    private volatile long busySinceNanos = IDLE;
    private volatile boolean closed;

    ThreadLoop(String name, Time time, Consumer<Throwable> faults) {
        this.time = time;
        this.faults = faults;
        Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    @Override
    public void execute(Runnable decision) {
        if (closed || !waiting.offer(decision)) {
            throw new RejectedExecutionException(
                    closed ? "the loop is closed" : "the loop is overloaded");
        }
    }

    @Override
    public long busyMillis() {
        long since = busySinceNanos;
        return since == IDLE ? 0 : (time.nanos() - since) / 1_000_000;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Wakes the thread; when the queue is full the thread is awake and sees the flag.
            boolean _ = waiting.offer(() -> {});
        }
    }

    private void run() {
        while (!(closed && waiting.isEmpty())) {
            try {
                Runnable decision = waiting.take();
                busySinceNanos = time.nanos();
                decision.run();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable fault) { // the boundary: one failed decision never ends the loop
                faults.accept(fault);
            } finally {
                busySinceNanos = IDLE;
            }
        }
    }
}
