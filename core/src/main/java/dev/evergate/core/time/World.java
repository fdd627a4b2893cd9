package dev.evergate.core.time;

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

    /** A new deciding thread. {@code name} appears in thread dumps and in the watchdog's report. */
    Loop loop(String name);
}
