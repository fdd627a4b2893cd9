package dev.evergate.core.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Collects how long something takes. Thread-safe; taking a time costs nanoseconds. */
public final class Stopwatch {
    private static final List<Double> BOUNDS_SECONDS =
            List.of(
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
                    600.0);
    private static final double NANOS = 1e9;

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_SECONDS.size() + 1);
    private final LongAdder sumNanos = new LongAdder();

    /** Something took so long. */
    public void took(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS_SECONDS.size() && nanos > BOUNDS_SECONDS.get(bucket) * NANOS) {
            bucket++;
        }
        counts.incrementAndGet(bucket);
        sumNanos.add(nanos);
    }

    /** All times so far, in seconds. */
    public Metric.Distribution distribution(String name, String help) {
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < counts.length(); i++) {
            seen.add(counts.get(i));
        }
        return new Metric.Distribution(name, help, BOUNDS_SECONDS, seen, sumNanos.sum() / NANOS);
    }
}
