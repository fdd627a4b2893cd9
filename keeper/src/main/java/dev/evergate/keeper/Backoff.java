package dev.evergate.keeper;

/** How long to wait before the next start after failed ones. Thread-safety: stateless. */
final class Backoff {
    private static final long FIRST_MS = 250;
    private static final long LONGEST_MS = 30_000;
    private static final double JITTER = 0.25;

    private Backoff() {}

    /**
     * 0, 0.25, 0.5, 1 … 30 s for 1, 2, 3, 4 … failed starts, less up to a quarter.
     *
     * @param failures failed starts in a row
     * @param fraction random, in [0, 1)
     */
    static long delayMs(int failures, double fraction) {
        if (failures <= 1) {
            return 0;
        }
        int doublings = Math.min(failures - 2, 16);
        long full = Math.min(FIRST_MS << doublings, LONGEST_MS);
        return full - (long) (full * JITTER * fraction);
    }
}
