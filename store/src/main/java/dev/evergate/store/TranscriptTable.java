package dev.evergate.store;

import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Windows and their rows. A window gives out positions: it alone counts, so they have no gaps
 * (I24).
 */
final class TranscriptTable {
    private static final String OPEN_WINDOW =
            """
            INSERT INTO windows (session_id, session_key, last_seq, dropped)
            VALUES (?, ?, 0, 0)
            """;

    private static final String DROP_WINDOWS =
            """
            UPDATE windows
            SET dropped = 1
            WHERE session_key = ? AND dropped = 0
            """;

    private static final String NEXT_SEQ =
            """
            UPDATE windows
            SET last_seq = last_seq + 1
            WHERE session_id = ? AND dropped = 0
            RETURNING last_seq
            """;

    private static final String INSERT =
            """
            INSERT INTO transcript (session_id, seq, row_id, role, kind, text, run_id,
                timestamp_ms, provider, model, stop_reason, input_tokens, output_tokens)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** What most rows do not have. */
    private static final String ADD_CONTENT =
            "UPDATE transcript SET content = ? WHERE session_id = ? AND seq = ?";

    private static final String SELECT =
            """
            SELECT t.session_id, t.seq, t.row_id, t.role, t.kind, t.text, t.content,
                t.run_id, t.timestamp_ms, t.provider, t.model, t.stop_reason, t.input_tokens,
                t.output_tokens
            FROM transcript t JOIN windows w ON w.session_id = t.session_id AND w.dropped = 0
            """;

    private static final String AFTER =
            SELECT + "WHERE t.session_id = ? AND t.seq > ? ORDER BY t.seq LIMIT ?";

    private static final String BETWEEN =
            SELECT + "WHERE t.session_id = ? AND t.seq > ? AND t.seq <= ? ORDER BY t.seq";

    private static final String BY_ID = SELECT + "WHERE w.session_key = ? AND t.row_id = ?";

    private static final String COVERING =
            """
            SELECT seq, covers_seq
            FROM transcript
            WHERE session_id = ? AND seq < ? AND covers_seq > 0
            ORDER BY seq DESC
            LIMIT 1
            """;

    private static final String COVER =
            "UPDATE transcript SET covers_seq = ? WHERE session_id = ? AND seq = ?";

    private static final String LENGTH =
            """
            SELECT last_seq
            FROM windows
            WHERE session_key = ? AND session_id = ? AND dropped = 0
            """;

    private static final String REMOVE_DROPPED_ROWS =
            """
            DELETE FROM transcript
            WHERE (session_id, seq) IN (
                SELECT t.session_id, t.seq
                FROM windows w JOIN transcript t ON t.session_id = w.session_id
                WHERE w.dropped = 1
                LIMIT ?)
            """;

    private static final String REMOVE_DROPPED_WINDOWS =
            """
            DELETE FROM windows
            WHERE dropped = 1
                AND NOT EXISTS (SELECT 1 FROM transcript t WHERE t.session_id = windows.session_id)
            """;

    private TranscriptTable() {}

    static void openWindow(StoreConnection c, String sessionId, String sessionKey)
            throws SQLException {
        int _ = c.update(OPEN_WINDOW, sessionId, sessionKey);
    }

    /** From now on nobody knows the windows of this conversation. */
    static void dropWindows(StoreConnection c, String sessionKey) throws SQLException {
        int _ = c.update(DROP_WINDOWS, sessionKey);
    }

    /** Removes some rows of dropped windows; returns how many. */
    static int removeDropped(StoreConnection c, int limit) throws SQLException {
        int removed = c.update(REMOVE_DROPPED_ROWS, limit);
        if (removed < limit) {
            AttachmentTable.releaseDropped(c);
            removed += c.update(REMOVE_DROPPED_WINDOWS);
        }
        return removed;
    }

    /** Adds a row at the end of a window; empty if the window is gone. */
    static Optional<TranscriptRow> append(
            StoreConnection c, String sessionId, String runId, NewRow row, long timestampMs)
            throws SQLException {
        Optional<Long> seq = c.first(NEXT_SEQ, Row::number, sessionId);
        if (seq.isEmpty()) {
            return Optional.empty();
        }
        var provenance = row.provenance();
        int _ =
                c.update(
                        INSERT,
                        sessionId,
                        seq.get(),
                        row.id(),
                        row.role().name(),
                        row.kind().name(),
                        row.text(),
                        runId,
                        timestampMs,
                        provenance.provider(),
                        provenance.model(),
                        provenance.stopReason(),
                        provenance.inputTokens(),
                        provenance.outputTokens());
        if (!row.content().isPlain()) {
            int _ = c.update(ADD_CONTENT, row.content().encoded(), sessionId, seq.get());
        }
        return Optional.of(
                new TranscriptRow(
                        sessionId,
                        seq.get(),
                        row.id(),
                        row.role(),
                        row.kind(),
                        row.content(),
                        runId,
                        timestampMs,
                        provenance));
    }

    /** Rows after a position. */
    static List<TranscriptRow> after(StoreConnection c, String sessionId, long seq, int limit)
            throws SQLException {
        return c.list(Schema4.reading(c, AFTER), TranscriptTable::row, sessionId, seq, limit);
    }

    /** Rows from one position (exclusive) to another (inclusive). */
    static List<TranscriptRow> between(StoreConnection c, String sessionId, long from, long to)
            throws SQLException {
        return c.list(Schema4.reading(c, BETWEEN), TranscriptTable::row, sessionId, from, to);
    }

    /** A row by its id, in any window of a conversation. */
    static Optional<TranscriptRow> row(StoreConnection c, String sessionKey, String rowId)
            throws SQLException {
        return c.first(Schema4.reading(c, BY_ID), TranscriptTable::row, sessionKey, rowId);
    }

    /** What stands for the beginning of a window, as of a position. */
    static Optional<Compaction> compaction(StoreConnection c, String sessionId, long seq)
            throws SQLException {
        if (!Schema4.isThere(c)) {
            return Optional.empty();
        }
        Optional<Cover> cover =
                c.first(COVERING, row -> new Cover(row.number(), row.number()), sessionId, seq);
        if (cover.isEmpty()) {
            return Optional.empty();
        }
        long at = cover.get().seq();
        return between(c, sessionId, at - 1, at).stream()
                .findFirst()
                .map(row -> new Compaction(row, cover.get().coversSeq()));
    }

    private record Cover(long seq, long coversSeq) {}

    /** From now on a row stands for those up to a position. */
    static void cover(StoreConnection c, TranscriptRow row, long coversSeq) throws SQLException {
        int _ = c.update(COVER, coversSeq, row.sessionId(), row.seq());
    }

    /** Rows of a window of a conversation; 0 if that has no such window. */
    static long length(StoreConnection c, String sessionKey, String sessionId) throws SQLException {
        return c.first(LENGTH, Row::number, sessionKey, sessionId).orElse(0L);
    }

    private static TranscriptRow row(Row row) throws SQLException {
        return new TranscriptRow(
                row.text(),
                row.number(),
                row.text(),
                row.constant(TranscriptRow.Role.class),
                row.constant(TranscriptRow.Kind.class),
                Content.decode(row.text(), row.text()),
                row.text(),
                row.number(),
                new TranscriptRow.Provenance(
                        row.text(), row.text(), row.text(), row.number(), row.number()));
    }
}
