package dev.evergate.testkit.crowd;

import java.util.Arrays;
import java.util.Locale;

/** How long things took, and when they began, so that times of day can be compared. Thread-safe. */
public final class Latencies {
    private long[] begins = new long[4_096];
    private long[] took = new long[4_096];
    private int count;

    /** A stretch of {@code System.nanoTime}. */
    public record Window(long fromNanos, long toNanos) {
        boolean holds(long nanos) {
            return nanos - fromNanos >= 0 && nanos - toNanos < 0;
        }
    }

    /** The shares of some durations, in milliseconds; NaN without any. */
    public record Figures(int count, double p50, double p99, double p999, double max) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f ms (%d)",
                    p50,
                    p99,
                    p999,
                    max,
                    count);
        }
    }

    synchronized void add(long beganNanos, long endNanos) {
        if (count == begins.length) {
            begins = Arrays.copyOf(begins, count * 2);
            took = Arrays.copyOf(took, count * 2);
        }
        begins[count] = beganNanos;
        took[count++] = endNanos - beganNanos;
    }

    /** Of everything. */
    public synchronized Figures figures() {
        return figures(Arrays.copyOf(took, count));
    }

    /** Of what began in one of these windows. */
    public synchronized Figures figures(Iterable<Window> windows) {
        long[] chosen = new long[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            for (Window window : windows) {
                if (window.holds(begins[i])) {
                    chosen[size++] = took[i];
                    break;
                }
            }
        }
        return figures(Arrays.copyOf(chosen, size));
    }

    private static Figures figures(long[] nanos) {
        Arrays.sort(nanos);
        return new Figures(
                nanos.length, ms(nanos, 0.5), ms(nanos, 0.99), ms(nanos, 0.999), ms(nanos, 1));
    }

    private static double ms(long[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int at = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, at)] / 1e6;
    }
}
