package dev.evergate.core.metric;

import java.util.List;
import java.util.Map;

/**
 * One thing that is measured, as it stands at this moment. Immutable.
 *
 * <p>Names are those of Prometheus: {@code evergate_} first, the base unit last, {@code _total} for
 * what only rises.
 */
public sealed interface Metric {
    String name();

    /** One sentence for people. */
    String help();

    /** What can rise and fall. */
    record Gauge(String name, String help, List<Point> points) implements Metric {
        public Gauge {
            points = List.copyOf(points);
        }
    }

    /** What only rises while this process lives. */
    record Counter(String name, String help, List<Point> points) implements Metric {
        public Counter {
            points = List.copyOf(points);
        }
    }

    /**
     * How measurements spread.
     *
     * @param bounds upper bounds of all buckets but the last, rising
     * @param counts measurements in each bucket, one more than bounds
     * @param sum of all measurements
     */
    record Distribution(
            String name, String help, List<Double> bounds, List<Long> counts, double sum)
            implements Metric {
        public Distribution {
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
            if (counts.size() != bounds.size() + 1) {
                throw new IllegalArgumentException(
                        "counts: " + counts.size() + " (expected: " + (bounds.size() + 1) + ")");
            }
        }
    }

    /** A value, and what distinguishes it from its siblings. */
    record Point(Map<String, String> labels, double value) {
        public Point {
            labels = Map.copyOf(labels);
        }

        /** A value with one label. */
        public static Point of(String label, String is, double value) {
            return new Point(Map.of(label, is), value);
        }

        /** A whole value with one label. */
        public static Point of(String label, String is, long value) {
            return of(label, is, (double) value);
        }
    }

    /** A gauge with one value. */
    static Metric gauge(String name, String help, double value) {
        return new Gauge(name, help, List.of(new Point(Map.of(), value)));
    }

    /** A gauge with one whole value. */
    static Metric gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    /** A counter with one value. */
    static Metric counter(String name, String help, double value) {
        return new Counter(name, help, List.of(new Point(Map.of(), value)));
    }

    /** A counter with one whole value. */
    static Metric counter(String name, String help, long value) {
        return counter(name, help, (double) value);
    }
}
