package dev.evergate.core.time;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Everything that would make two runs of the same code differ: clocks, timers, threads, randomness.
 * Production uses {@link RealWorld}; simulations use a seeded one, so that the same code runs in
 * both.
 */
public interface World {
    Time time();

    Timers timers();

    Tasks tasks();

    Entropy entropy();

    Ids ids();

    /**
     * Lets {@code millis} milliseconds pass on the calling task. Belongs on a task, never on a
     * loop.
     */
    default void pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    /**
     * Does {@code work} on a thread of its own and waits for it no longer than until {@code
     * deadline}. Work that is overdue is left behind, interrupted where that is possible. Belongs
     * on a task, never on a loop.
     *
     * @param name appears in thread dumps
     */
    default Attempt attempt(String name, Deadline deadline, Attempt.Work work)
            throws InterruptedException {
        var outcome = new AtomicReference<Attempt>(new Attempt.Overdue(""));
        var isDone = new AtomicBoolean();
        tasks().start(
                        name,
                        () -> {
                            outcome.set(Attempt.of(work));
                            isDone.set(true);
                        });
        while (!isDone.get() && !deadline.hasPassed(time())) {
            pause(1);
        }
        return outcome.get();
    }

    /** A new deciding thread. {@code name} appears in thread dumps and in the watchdog's report. */
    Loop loop(String name);
}
