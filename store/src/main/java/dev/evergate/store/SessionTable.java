package dev.evergate.store;

import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Conversations; their rows are in {@link TranscriptTable}. Thread-safe. */
final class SessionTable implements Sessions {
    private static final String EVER =
            """
            SELECT s.session_key, s.session_id, s.agent_id, s.label, s.created_at_ms,
                s.updated_at_ms, w.last_seq, s.input_tokens, s.output_tokens, s.preview,
            """;
    private static final String FROM =
            """
             FROM sessions s JOIN windows w ON w.session_id = s.session_id
            """;
    private static final String SELECT = EVER + "s.title, s.spoken_at_ms, s.details" + FROM;

    /** What a release before has written, until the lease is taken. */
    private static final String SELECT_BEFORE = EVER + "'', 0, '{}'" + FROM;

    private static final String BY_KEY = "WHERE s.session_key = ?";
    private static final String BY_WINDOW = "WHERE s.session_id = ?";

    private static final String NEXT_CHANGE =
            "(SELECT COALESCE(MAX(changed), 0) + 1 FROM sessions)";

    private static final String INSERT =
            """
            INSERT INTO sessions (session_key, session_id, agent_id, label, search_text,
                created_at_ms, updated_at_ms, changed, input_tokens, output_tokens, preview)
            VALUES (?, ?, ?, ?, ?, ?, ?,
            """
                    + NEXT_CHANGE
                    + ", 0, 0, '')";

    private static final String MOVE_TO_WINDOW =
            """
            UPDATE sessions
            SET session_id = ?, updated_at_ms = ?, input_tokens = 0, output_tokens = 0,
                preview = '', changed =
            """
                    + NEXT_CHANGE
                    + " WHERE session_key = ?";

    private static final String SETTLE =
            """
            UPDATE sessions
            SET label = ?, search_text = ?, details = ?
            WHERE session_key = ?
            """;

    private static final String NOTE_CHANGE =
            "UPDATE sessions SET updated_at_ms = ?, changed = "
                    + NEXT_CHANGE
                    + " WHERE session_key = ?";

    private static final String NOTE_ROW =
            """
            UPDATE sessions
            SET updated_at_ms = ?, input_tokens = input_tokens + ?,
                output_tokens = output_tokens + ?,
                preview = CASE WHEN ? THEN ? ELSE preview END, changed =
            """
                    + NEXT_CHANGE
                    + " WHERE session_id = ?";

    private static final String NOTE_SPEECH =
            """
            UPDATE sessions
            SET spoken_at_ms = ?, title = CASE WHEN ? AND title = '' THEN ? ELSE title END
            WHERE session_id = ?
            """;

    private static final String FORGET_SPEECH =
            "UPDATE sessions SET spoken_at_ms = 0, title = '' WHERE session_key = ?";

    private static final String DELETE = "DELETE FROM sessions WHERE session_key = ?";

    private static final String CATEGORIES =
            """
            SELECT DISTINCT json_extract(details, '$.category') AS category
            FROM sessions
            WHERE category IS NOT NULL
            ORDER BY category
            LIMIT 1000
            """;

    private static final String PINNED_FIRST = "json_extract(s.details, '$.pinnedAt') IS NULL, ";

    private static final int PREVIEW_CODE_POINTS = 120;

    /** Rows of a deleted conversation that one transaction removes: a few milliseconds. */
    private static final int REMOVED_AT_ONCE = 500;

    private final SqlStore store;
    private final LeaseTable leases;

    SessionTable(SqlStore store, LeaseTable leases) {
        this.store = store;
        this.leases = leases;
    }

    @Override
    public Optional<Session> find(String key) {
        return store.read(c -> find(c, key));
    }

    @Override
    public Optional<Session> ofWindow(String sessionId) {
        return store.read(c -> c.first(select(c) + BY_WINDOW, SessionTable::session, sessionId));
    }

    @Override
    public Listing list(Query query) {
        return store.read(
                c -> {
                    boolean isWhole = Schema4.isThere(c);
                    SessionFilter filter = SessionFilter.of(query.filter(), isWhole);
                    List<Object> values = new ArrayList<>(filter.values());
                    String counted = "SELECT COUNT(*) FROM sessions s " + filter.where();
                    int total = c.first(counted, Row::count, values.toArray()).orElse(0);
                    values.add(query.limit());
                    values.add(query.offset());
                    String first = query.pinnedFirst() && isWhole ? PINNED_FIRST : "";
                    String listed =
                            select(c)
                                    + filter.where()
                                    + " ORDER BY "
                                    + first
                                    + "s.changed DESC LIMIT ? OFFSET ?";
                    return new Listing(
                            c.list(listed, SessionTable::session, values.toArray()), total);
                });
    }

    @Override
    public List<String> categories() {
        return store.read(c -> Schema4.isThere(c) ? c.list(CATEGORIES, Row::text) : List.of());
    }

    @Override
    public Session create(Epoch epoch, NewSession session) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    return ensure(c, session);
                });
    }

    @Override
    public Session reset(Epoch epoch, NewSession session) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    if (find(c, session.key()).isEmpty()) {
                        return ensure(c, session);
                    }
                    TranscriptTable.openWindow(c, session.sessionId(), session.key());
                    int _ =
                            c.update(
                                    MOVE_TO_WINDOW,
                                    session.sessionId(),
                                    session.nowMs(),
                                    session.key());
                    if (Schema4.isThere(c)) {
                        int _ = c.update(FORGET_SPEECH, session.key());
                    }
                    return find(c, session.key()).orElseThrow();
                });
    }

    @Override
    public Changed change(Epoch epoch, NewSession orElse, UnaryOperator<Session> change) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    Session before = ensure(c, orElse);
                    Session wanted = change.apply(before);
                    if (wanted.equals(before)) {
                        return new Changed(before, before);
                    }
                    settle(c, before.key(), wanted.label(), wanted.details());
                    boolean isNewer =
                            !wanted.label().equals(before.label())
                                    || !wanted.details().differsOnlyInReading(before.details());
                    if (isNewer) {
                        int _ = c.update(NOTE_CHANGE, orElse.nowMs(), before.key());
                    }
                    return new Changed(before, find(c, before.key()).orElseThrow());
                });
    }

    @Override
    public boolean delete(Epoch epoch, String key) {
        boolean isDeleted =
                store.write(
                        c -> {
                            leases.require(c, epoch);
                            TranscriptTable.dropWindows(c, key);
                            return c.update(DELETE, key) > 0;
                        });
        if (isDeleted) {
            removeDropped(epoch);
        }
        return isDeleted;
    }

    @Override
    public TranscriptRow append(Epoch epoch, NewSession session, NewRow row) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    String sessionId = ensure(c, session).sessionId();
                    return append(c, sessionId, "", row, session.nowMs()).orElseThrow();
                });
    }

    @Override
    public Page page(String key, int limit, int offset) {
        return store.read(
                c -> {
                    Optional<Session> session = find(c, key);
                    if (session.isEmpty()) {
                        return new Page(session, List.of(), 0);
                    }
                    long last = session.get().lastSeq();
                    long to = last - offset;
                    var rows =
                            TranscriptTable.between(c, session.get().sessionId(), to - limit, to);
                    return new Page(session, rows, last);
                });
    }

    @Override
    public List<TranscriptRow> after(String sessionId, long seq, int limit) {
        return store.read(c -> TranscriptTable.after(c, sessionId, seq, limit));
    }

    @Override
    public Optional<TranscriptRow> row(String key, String rowId) {
        return store.read(c -> TranscriptTable.row(c, key, rowId));
    }

    @Override
    public Optional<Compaction> compaction(String sessionId, long seq) {
        return store.read(c -> TranscriptTable.compaction(c, sessionId, seq));
    }

    @Override
    public Optional<TranscriptRow> shorten(Epoch epoch, Shortening wanted) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    String window = wanted.sessionId();
                    long covered =
                            TranscriptTable.compaction(c, window, Long.MAX_VALUE)
                                    .map(Compaction::coversSeq)
                                    .orElse(0L);
                    boolean isCurrent =
                            c.first(SELECT + BY_WINDOW, SessionTable::session, window).isPresent();
                    if (!isCurrent || covered != wanted.coveredSeq()) {
                        return Optional.empty();
                    }
                    var added = append(c, window, "", wanted.row(), wanted.nowMs());
                    if (added.isPresent()) {
                        TranscriptTable.cover(c, added.get(), wanted.coversSeq());
                    }
                    return added;
                });
    }

    @Override
    public long length(String key, String sessionId) {
        return store.read(c -> TranscriptTable.length(c, key, sessionId));
    }

    /** Removes what deleted conversations left, piece by piece; returns how many rows. */
    int removeDropped(Epoch epoch) {
        int removed = 0;
        int piece;
        do {
            piece =
                    store.write(
                            c -> {
                                leases.require(c, epoch);
                                return TranscriptTable.removeDropped(c, REMOVED_AT_ONCE);
                            });
            removed += piece;
        } while (piece >= REMOVED_AT_ONCE);
        return removed;
    }

    static Optional<Session> find(StoreConnection c, String key) throws SQLException {
        return c.first(select(c) + BY_KEY, SessionTable::session, key);
    }

    private static String select(StoreConnection c) throws SQLException {
        return Schema4.isThere(c) ? SELECT : SELECT_BEFORE;
    }

    /** Finds the conversation or makes it. */
    static Session ensure(StoreConnection c, NewSession session) throws SQLException {
        Optional<Session> found = find(c, session.key());
        if (found.isPresent()) {
            return found.get();
        }
        TranscriptTable.openWindow(c, session.sessionId(), session.key());
        int _ =
                c.update(
                        INSERT,
                        session.key(),
                        session.sessionId(),
                        session.agentId(),
                        session.label(),
                        searched(session.key(), session.label(), session.details()),
                        session.nowMs(),
                        session.nowMs());
        if (!session.details().equals(SessionDetails.NONE)) {
            settle(c, session.key(), session.label(), session.details());
        }
        return find(c, session.key()).orElseThrow();
    }

    private static void settle(StoreConnection c, String key, String label, SessionDetails details)
            throws SQLException {
        int _ = c.update(SETTLE, label, searched(key, label, details), details.json(), key);
    }

    /** Adds a row to a window and tells its conversation; empty if the window is gone. */
    static Optional<TranscriptRow> append(
            StoreConnection c, String sessionId, String runId, NewRow row, long timestampMs)
            throws SQLException {
        var appended = TranscriptTable.append(c, sessionId, runId, row, timestampMs);
        if (appended.isPresent()) {
            boolean isMessage = row.kind() == TranscriptRow.Kind.MESSAGE && !row.text().isEmpty();
            boolean isSaid = isMessage && row.role() == TranscriptRow.Role.USER;
            int _ =
                    c.update(
                            NOTE_ROW,
                            timestampMs,
                            row.provenance().inputTokens(),
                            row.provenance().outputTokens(),
                            isMessage,
                            preview(row.text()),
                            sessionId);
            boolean isSpeech = row.role() != TranscriptRow.Role.SYSTEM;
            if (isSpeech && Schema4.isThere(c)) {
                int _ =
                        c.update(
                                NOTE_SPEECH,
                                timestampMs,
                                isSaid,
                                preview(row.text().strip()),
                                sessionId);
            }
        }
        return appended;
    }

    private static Session session(Row row) throws SQLException {
        return new Session(
                row.text(),
                row.text(),
                row.text(),
                row.text(),
                row.number(),
                row.number(),
                row.number(),
                row.number(),
                row.number(),
                row.text(),
                row.text(),
                row.number(),
                SessionDetails.parse(row.text()));
    }

    private static String preview(String text) {
        return text.codePointCount(0, text.length()) <= PREVIEW_CODE_POINTS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, PREVIEW_CODE_POINTS));
    }

    /** What a search looks through. */
    private static String searched(String key, String label, SessionDetails details) {
        String name = details.text(SessionDetails.Text.DISPLAY_NAME).orElse("");
        return folded(key + "\n" + label + (name.isEmpty() ? "" : "\n" + name));
    }

    static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
