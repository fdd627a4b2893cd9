package dev.evergate.keeper.log;

/**
 * Dates of log lines in UTC, without the many classes of {@code java.time.format}.
 *
 * <p>Thread-safety: stateless. The calendar arithmetic is the usual one over eras of 400 years.
 */
public final class LogDate {
    private static final long DAY_MS = 86_400_000L;

    private LogDate() {}

    /** For example {@code 2026-11-22}. */
    public static String day(long epochMs) {
        long days = Math.floorDiv(epochMs, DAY_MS) + 719_468;
        long era = Math.floorDiv(days, 146_097);
        long dayOfEra = days - era * 146_097;
        long yearOfEra =
                (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shifted = (5 * dayOfYear + 2) / 153; // Months from March on.
        long day = dayOfYear - (153 * shifted + 2) / 5 + 1;
        long month = shifted < 10 ? shifted + 3 : shifted - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2);
    }

    /** For example {@code 2026-11-22T17:05:09.042Z}. */
    public static String instant(long epochMs) {
        long ms = Math.floorMod(epochMs, DAY_MS);
        return day(epochMs)
                + "T"
                + padded(ms / 3_600_000, 2)
                + ":"
                + padded(ms / 60_000 % 60, 2)
                + ":"
                + padded(ms / 1_000 % 60, 2)
                + "."
                + padded(ms % 1_000, 3)
                + "Z";
    }

    private static String padded(long number, int width) {
        StringBuilder text = new StringBuilder(Long.toString(number));
        while (text.length() < width) {
            text.insert(0, '0');
        }
        return text.toString();
    }
}
