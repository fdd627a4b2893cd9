package dev.evergate.core.journal;

import java.util.List;

/** What models have read and written, as the transcripts have it: what is deleted is gone here. */
public interface Usage {
    /** Sums one call gives at most; the newest days come first. */
    int SUMS_MAX = 50_000;

    /** Sums for each day, conversation and model in which there is anything, newest days first. */
    List<Sum> sums(Span span);

    /**
     * A stretch of time, and where its days begin.
     *
     * @param fromMs wall clock, inclusive
     * @param untilMs exclusive
     * @param offsetMs what a clock on the wall is ahead of UTC
     */
    record Span(long fromMs, long untilMs, long offsetMs) {}

    /**
     * @param day since the first of January 1970
     * @param answers how many
     */
    record Sum(
            long day,
            String sessionKey,
            String provider,
            String model,
            long answers,
            long inputTokens,
            long outputTokens) {}
}
