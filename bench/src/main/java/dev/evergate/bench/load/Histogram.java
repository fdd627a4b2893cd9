package dev.evergate.bench.load;

/** Counts durations in buckets of about three per cent. One writer at a time. */
public final class Histogram {
    private static final int KEPT_BITS = 6;
    private static final int HALF = 1 << (KEPT_BITS - 1);

    private final long[] counts = new long[(Long.SIZE - KEPT_BITS) * HALF + 2 * HALF];
    private long total;

    public void add(long nanos) {
        long value = Math.max(0, nanos);
        int shift = shift(value);
        counts[shift * HALF + (int) (value >>> shift)]++;
        total++;
    }

    public void addAll(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    public long count() {
        return total;
    }

    /** The duration that {@code share} of all do not exceed, in milliseconds. */
    public double ms(double share) {
        long wanted = Math.max(1, (long) Math.ceil(total * share));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                int shift = i < 2 * HALF ? 0 : i / HALF - 1;
                long low = (long) (i - shift * HALF) << shift;
                return (low + (1L << shift) / 2.0) / 1e6;
            }
        }
        return Double.NaN;
    }

    /** How many low bits are dropped so that the highest {@value #KEPT_BITS} stay. */
    private static int shift(long value) {
        return Math.max(0, Long.SIZE - KEPT_BITS - Long.numberOfLeadingZeros(value));
    }
}
