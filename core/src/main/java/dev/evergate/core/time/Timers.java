package dev.evergate.core.time;

/** Runs something later. Thread-safe. */
public interface Timers {
    /**
     * Runs {@code action} once, {@code delayMs} milliseconds from now (0 or more), on the timer
     * thread: it must hand anything that waits to {@link Tasks}.
     */
    Timer after(long delayMs, Runnable action);

    /**
     * Runs {@code action} again and again, {@code periodMs} milliseconds (positive) after its last
     * end.
     */
    Timer every(long periodMs, Runnable action);

    /** Something that will run. */
    interface Timer {
        /** Takes it back; without effect once it has run. */
        void cancel();
    }
}
