package dev.evergate.core.time;

/** The clocks. Thread-safe. */
public interface Time {
    /**
     * Milliseconds since the Unix epoch: for records and people. May jump; never use it to measure
     * or to order.
     */
    long wallMillis();

    /** Nanoseconds that only grow, from an arbitrary origin: for durations and deadlines. */
    long nanos();

    /** The moment {@code millis} milliseconds from now. */
    default Deadline deadlineIn(long millis) {
        return new Deadline(nanos() + millis * 1_000_000);
    }
}
