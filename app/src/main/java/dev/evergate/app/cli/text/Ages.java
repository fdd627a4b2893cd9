package dev.evergate.app.cli.text;

/** Durations in words short enough for a table. */
public final class Ages {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    private Ages() {}

    /** How long ago {@code thenMs} was, such as {@code 5 min ago}; {@code -} if it never was. */
    public static String ago(long thenMs, long nowMs) {
        if (thenMs <= 0) {
            return "-";
        }
        long ageMs = nowMs - thenMs;
        return ageMs < SECOND_MS ? "just now" : coarse(ageMs) + " ago";
    }

    /** A duration to one unit, such as {@code 5 min}. */
    public static String coarse(long millis) {
        if (millis < SECOND_MS) {
            return millis + " ms";
        }
        if (millis < MINUTE_MS) {
            return millis / SECOND_MS + " s";
        }
        if (millis < HOUR_MS) {
            return millis / MINUTE_MS + " min";
        }
        return millis < 2 * DAY_MS ? millis / HOUR_MS + " h" : millis / DAY_MS + " d";
    }
}
