package dev.evergate.store;

import dev.evergate.core.journal.Usage;

import java.sql.SQLException;
import java.util.List;

/** Sums over the transcripts. Thread-safe. */
final class UsageTable implements Usage {
    /** The condition on tokens is that of the index, which then is all that is read. */
    static final String SUMS =
            """
            SELECT (t.timestamp_ms + ?) / 86400000 AS day, w.session_key, t.provider, t.model,
                COUNT(*), SUM(t.input_tokens), SUM(t.output_tokens)
            FROM transcript t JOIN windows w ON w.session_id = t.session_id AND w.dropped = 0
            WHERE t.timestamp_ms >= ? AND t.timestamp_ms < ?
                AND t.input_tokens + t.output_tokens > 0
            GROUP BY day, w.session_key, t.provider, t.model
            ORDER BY day DESC, w.session_key, t.provider, t.model
            LIMIT ?
            """;

    private final SqlStore store;

    UsageTable(SqlStore store) {
        this.store = store;
    }

    @Override
    public List<Sum> sums(Span span) {
        return store.read(
                c ->
                        c.list(
                                SUMS,
                                UsageTable::sum,
                                span.offsetMs(),
                                span.fromMs(),
                                span.untilMs(),
                                SUMS_MAX));
    }

    private static Sum sum(Row row) throws SQLException {
        return new Sum(
                row.number(),
                row.text(),
                row.text(),
                row.text(),
                row.number(),
                row.number(),
                row.number());
    }
}
