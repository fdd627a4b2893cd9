package dev.evergate.testkit.time;

/** Real time that is left. Immutable. */
public final class TimeLimit {
    private final long endNanos;

    private TimeLimit(long endNanos) {
        this.endNanos = endNanos;
    }

    /** Ends {@code ms} milliseconds from now. */
    public static TimeLimit in(long ms) {
        return new TimeLimit(System.nanoTime() + ms * 1_000_000);
    }

    /** Milliseconds left; 0 when it has passed. */
    public long leftMs() {
        return Math.max(0, (endNanos - System.nanoTime()) / 1_000_000);
    }
}
