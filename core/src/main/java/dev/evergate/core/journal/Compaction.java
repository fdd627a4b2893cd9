package dev.evergate.core.journal;

/**
 * A row that stands, to models, for all rows of its window up to a position; people still see
 * those.
 *
 * @param row kind {@code COMPACTION} if its text says what they said, {@code NOTICE} if they are
 *     left out
 * @param coversSeq the last position it stands for, 1 or more
 */
public record Compaction(TranscriptRow row, long coversSeq) {
    /** What models are told of the rows it stands for; empty if nothing. */
    public String summary() {
        return row.kind() == TranscriptRow.Kind.COMPACTION ? row.text() : "";
    }
}
