package dev.evergate.core.time;

/**
 * A moment on the monotonic clock by which something must have happened.
 *
 * @param nanos the moment, in terms of {@link Time#nanos()}
 */
public record Deadline(long nanos) {
    /** Milliseconds left; 0 when it has passed. */
    public long remainingMillis(Time time) {
        return Math.max(0, (nanos - time.nanos()) / 1_000_000);
    }

    /** Whether the moment has come. */
    public boolean hasPassed(Time time) {
        return nanos - time.nanos() <= 0;
    }
}
