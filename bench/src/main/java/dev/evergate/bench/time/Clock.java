package dev.evergate.bench.time;

import java.time.Instant;

/** Clocks and waiting. Stateless. */
public final class Clock {
    private Clock() {}

    /** Nanoseconds that only grow. */
    public static long nanos() {
        return System.nanoTime();
    }

    public static double msSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    public static Instant now() {
        return Instant.now();
    }

    public static void pause(long ms) throws InterruptedException {
        Thread.sleep(ms);
    }
}
