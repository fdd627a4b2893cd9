package dev.evergate.bench;

import java.util.Locale;

/** What a median has to reach. */
public sealed interface Target {
    record AtMost(double limit) implements Target {}

    record AtLeast(double limit) implements Target {}

    record None() implements Target {}

    static Target atMost(double limit) {
        return new AtMost(limit);
    }

    static Target atLeast(double limit) {
        return new AtLeast(limit);
    }

    static Target none() {
        return new None();
    }

    /** For the table, such as {@code ≤ 900 missed}; empty where there is no target. */
    default String verdict(double median) {
        return switch (this) {
            case AtMost(double limit) ->
                    "≤ " + plain(limit) + (median <= limit ? " met" : " MISSED");
            case AtLeast(double limit) ->
                    "≥ " + plain(limit) + (median >= limit ? " met" : " MISSED");
            case None() -> "";
        };
    }

    private static String plain(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.1f", value);
    }
}
