package dev.evergate.core.time;

import java.util.concurrent.Executor;

/**
 * One thread that decides: it runs what it is given one after another, in order, and never waits
 * for anything.
 *
 * <p>Thread-safe. State that only ever changes on one loop needs no lock.
 */
public interface Loop extends Executor {
    /**
     * Runs {@code decision} after everything that was given before. Refuses with {@code
     * RejectedExecutionException} when closed.
     */
    @Override
    void execute(Runnable decision);

    /**
     * How long the loop has been busy with one decision, in milliseconds; 0 when it is idle. For
     * the watchdog.
     */
    long busyMillis();

    /** Runs what it has been given, then ends. */
    void close();
}
