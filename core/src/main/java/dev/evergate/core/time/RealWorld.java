package dev.evergate.core.time;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The world outside of simulations. Thread-safe. */
public final class RealWorld implements World, AutoCloseable {
    private final Time time = new WallTime();
    private final Consumer<Throwable> faults;
    private final ScheduledThreadPoolExecutor timerThread;
    private final SecureRandom random = new SecureRandom();
    private final Ids ids;

    /**
     * @param faults is told of every throwable that nobody caught, on any thread started here; must
     *     not throw
     */
    public RealWorld(Consumer<Throwable> faults) {
        this.faults = faults;
        this.ids = new Ids(time, entropy());
        this.timerThread =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("timers").factory());
        timerThread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Time time() {
        return time;
    }

    @Override
    public Timers timers() {
        return new Timers() {
            @Override
            public Timer after(long delayMs, Runnable action) {
                var handle = timerThread.schedule(guarded(action), delayMs, TimeUnit.MILLISECONDS);
                return () -> handle.cancel(false);
            }

            @Override
            public Timer every(long periodMs, Runnable action) {
                var handle =
                        timerThread.scheduleWithFixedDelay(
                                guarded(action), periodMs, periodMs, TimeUnit.MILLISECONDS);
                return () -> handle.cancel(false);
            }
        };
    }

    @Override
    public Tasks tasks() {
        return (name, body) -> Thread.ofVirtual().name(name).start(guarded(body));
    }

    @Override
    public Entropy entropy() {
        return new Entropy() {
            @Override
            public void fill(byte[] target) {
                random.nextBytes(target);
            }

            @Override
            public double fraction() {
                return random.nextDouble();
            }
        };
    }

    @Override
    public Ids ids() {
        return ids;
    }

    @Override
    public Loop loop(String name) {
        return new ThreadLoop(name, time, faults);
    }

    @Override
    public Attempt attempt(String name, Deadline deadline, Attempt.Work work)
            throws InterruptedException {
        // A platform thread: work that hangs must not wait for virtual threads that hang.
        var outcome = new CompletableFuture<Attempt>();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(name)
                        .start(() -> outcome.complete(Attempt.of(work)));
        try {
            return outcome.get(deadline.remainingMillis(time), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            // Decided before the interrupt: what ends because of it was overdue all the same.
            Attempt attempt = outcome.getNow(new Attempt.Overdue(stack(thread)));
            thread.interrupt();
            return attempt;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Starts {@code body} on a platform thread of its own: for what has to go on even when virtual
     * threads hang, such as the end of the process. Otherwise as {@link Tasks#start}.
     */
    public void startApart(String name, Runnable body) {
        Thread _ = Thread.ofPlatform().daemon().name(name).start(guarded(body));
    }

    static String stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
    }

    /** Ends the timers. Loops and tasks end by themselves. */
    @Override
    public void close() {
        timerThread.shutdownNow();
    }

    private Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (
                    Throwable
                            fault) { // the boundary: whatever nobody caught is reported, never lost
                faults.accept(fault);
            }
        };
    }
}
