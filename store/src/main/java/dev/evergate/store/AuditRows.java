package dev.evergate.store;

import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Mark;
import dev.evergate.core.journal.AuditTrail.Query;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The rows of the audit log; a store before schema 5 has none. Stateless. */
final class AuditRows {
    private static final int SCHEMA = 5;

    private static final String COLUMNS =
            """
            seq, at_ms, generation, answers, method, device, user, client, connection, address,
            action, target, scope, detail, result, times, previous, hash
            """;

    private static final String INSERT =
            "INSERT INTO audit ("
                    + COLUMNS
                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String AFTER =
            "SELECT " + COLUMNS + " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?";

    private static final String NEWEST =
            "SELECT "
                    + COLUMNS
                    + """
                    FROM audit
                    WHERE at_ms >= ?1 AND (?2 = 0 OR seq < ?2)
                        AND (?3 = '' OR ?3 IN (method, device, user, client, connection, address))
                        AND (?4 = '' OR substr(action, 1, length(?4)) = ?4)
                    ORDER BY seq DESC LIMIT ?5
                    """;

    private static final String LAST = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    private static final String ROOT =
            "SELECT seq, hash FROM audit_roots ORDER BY seq DESC LIMIT 1";
    private static final String ONE = "SELECT seq, hash FROM audit WHERE seq = ?";

    /** The last of those that are too old or too many; too many are a tenth more than allowed. */
    private static final String TOO_OLD =
            """
            SELECT seq, hash FROM audit
            WHERE seq = MAX(
                COALESCE((SELECT MAX(seq) FROM audit WHERE at_ms < ?1), 0),
                ((SELECT MAX(seq) FROM audit) - ?2) / (?2 / 10) * (?2 / 10))
            """;

    private static final String ADD_ROOT = "INSERT INTO audit_roots (seq, hash) VALUES (?, ?)";
    private static final String FORGET = "DELETE FROM audit WHERE seq <= ?";

    private AuditRows() {}

    static boolean isThere(StoreConnection c) throws SQLException {
        return Migrations.schema(c) >= SCHEMA;
    }

    static List<AuditEntry> after(StoreConnection c, long seq, int limit) throws SQLException {
        return isThere(c) ? c.list(AFTER, AuditRows::entry, seq, limit) : List.of();
    }

    static List<AuditEntry> newest(StoreConnection c, Query query) throws SQLException {
        return isThere(c)
                ? c.list(
                        NEWEST,
                        AuditRows::entry,
                        query.sinceMs(),
                        query.beforeSeq(),
                        query.actor(),
                        query.action(),
                        query.limit())
                : List.of();
    }

    static Mark root(StoreConnection c) throws SQLException {
        return isThere(c) ? c.first(ROOT, AuditRows::mark).orElse(Mark.START) : Mark.START;
    }

    /** The last entry, or what stands for those that have been. */
    static Mark end(StoreConnection c) throws SQLException {
        Optional<Mark> last = c.first(LAST, AuditRows::mark);
        return last.isPresent() ? last.get() : root(c);
    }

    /** Whether that entry is there as it was, or may have been let go. */
    static boolean holds(StoreConnection c, Mark mark) throws SQLException {
        Mark root = root(c);
        return mark.seq() < root.seq()
                || mark.equals(root)
                || c.first(ONE, AuditRows::mark, mark.seq()).filter(mark::equals).isPresent();
    }

    static AuditEntry append(StoreConnection c, Note note) throws SQLException {
        Mark end = end(c);
        AuditEntry entry = AuditEntry.of(end.seq() + 1, note, end.hash());
        Actor actor = note.actor();
        Act act = note.act();
        int _ =
                c.update(
                        INSERT,
                        entry.seq(),
                        note.atMs(),
                        note.generation(),
                        note.answers(),
                        actor.method(),
                        actor.device(),
                        actor.user(),
                        actor.client(),
                        actor.connection(),
                        actor.address(),
                        act.action(),
                        act.target(),
                        act.scope(),
                        act.detail(),
                        note.result(),
                        note.times(),
                        entry.previous(),
                        entry.hash());
        return entry;
    }

    /**
     * Up to where entries are older, or more than so many; empty if none are.
     *
     * @param kept 10 or more
     */
    static Optional<Mark> tooOld(StoreConnection c, long beforeMs, int kept) throws SQLException {
        return isThere(c) ? c.first(TOO_OLD, AuditRows::mark, beforeMs, kept) : Optional.empty();
    }

    /** Lets go all up to that one, which stands for them from now on. */
    static void forget(StoreConnection c, Mark last) throws SQLException {
        int _ = c.update(ADD_ROOT, last.seq(), last.hash());
        int _ = c.update(FORGET, last.seq());
    }

    private static Mark mark(Row row) throws SQLException {
        return new Mark(row.number(), row.text());
    }

    private static AuditEntry entry(Row row) throws SQLException {
        long seq = row.number();
        long atMs = row.number();
        long generation = row.number();
        long answers = row.number();
        var actor =
                new Actor(row.text(), row.text(), row.text(), row.text(), row.text(), row.text());
        var act = new Act(row.text(), row.text(), row.text(), row.text());
        var note = new Note(atMs, generation, answers, actor, act, row.text(), row.number());
        return new AuditEntry(seq, note, row.text(), row.text());
    }
}
