package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.Epoch;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The audit log in the store. Whoever is in the writing transaction sees the last entry, so two
 * processes make one chain. Thread-safe.
 */
final class AuditTable implements Audit {
    private final SqlStore store;
    private final LeaseTable leases;
    private final AuditMark mark;
    private volatile boolean isFitting;

    AuditTable(SqlStore store, LeaseTable leases, AuditMark mark) {
        this.store = store;
        this.leases = leases;
        this.mark = mark;
    }

    @Override
    public AuditEntry append(Note note) {
        boolean isFirst = !isFitting;
        AuditEntry entry =
                store.write(
                        c -> {
                            requirePlace(c);
                            if (isFirst) {
                                compare(c, note);
                            }
                            return AuditRows.append(c, note);
                        });
        isFitting = true;
        mark.moveTo(new Mark(entry.seq(), entry.hash()));
        return entry;
    }

    private static void requirePlace(StoreConnection c) throws SQLException {
        if (!AuditRows.isThere(c)) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "The store has no place for the audit log before this generation holds the"
                            + " lease: try again");
        }
    }

    /** Before this process goes on with the log: whether it ends where it has ended. */
    private void compare(StoreConnection c, Note note) throws SQLException {
        Mark end = AuditRows.end(c);
        try {
            if (end.equals(Mark.START)) {
                mark.create();
            }
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "The note of where the audit log ends cannot be made: %s (expected: room on the"
                                    .formatted(e)
                            + " disk, and a data directory this user may write to)",
                    e);
        }
        Optional<Mark> noted = mark.read();
        if (noted.isEmpty() || !AuditRows.holds(c, noted.get())) {
            AuditEntry _ = AuditRows.append(c, broken(note, noted, end));
        }
    }

    private static Note broken(Note note, Optional<Mark> noted, Mark end) {
        String before =
                noted.map(it -> "it had come to entry %d (%s)".formatted(it.seq(), it.hash()))
                        .orElse("where it had ended is not known");
        String detail =
                "the log was changed from outside: %s, and ended at %d (%s) when it was gone on with"
                        .formatted(before, end.seq(), end.hash());
        return new Note(
                note.atMs(),
                note.generation(),
                0,
                Actor.system(),
                new Act(BROKEN, "", "", detail),
                "found",
                1);
    }

    /** Lets go what has been kept long enough, whole days at a time. */
    void prune(Epoch epoch, long nowMs, long generation) {
        long dayMs = TimeUnit.DAYS.toMillis(1);
        long beforeMs = Math.floorDiv(nowMs, dayMs) * dayMs - KEPT_DAYS * dayMs;
        prune(epoch, nowMs, beforeMs, KEPT_ENTRIES, generation);
    }

    void prune(Epoch epoch, long nowMs, long beforeMs, int kept, long generation) {
        Optional<Mark> last = store.read(c -> AuditRows.tooOld(c, beforeMs, kept));
        if (last.isEmpty()) {
            return;
        }
        AuditEntry told =
                store.write(
                        c -> {
                            leases.require(c, epoch);
                            AuditRows.forget(c, last.get());
                            return AuditRows.append(c, rolled(nowMs, generation, last.get()));
                        });
        mark.moveTo(new Mark(told.seq(), told.hash()));
    }

    private static Note rolled(long nowMs, long generation, Mark last) {
        String target = "entry=%d hash=%s".formatted(last.seq(), last.hash());
        return new Note(
                nowMs,
                generation,
                0,
                Actor.system(),
                new Act(ROLLED, target, "", "entries up to this one were let go"),
                Note.OK,
                1);
    }

    @Override
    public List<AuditEntry> newest(Query query) {
        return store.read(c -> AuditRows.newest(c, query));
    }

    @Override
    public List<AuditEntry> after(long seq, int limit) {
        return store.read(c -> AuditRows.after(c, seq, limit));
    }

    @Override
    public Mark root() {
        return store.read(AuditRows::root);
    }

    @Override
    public Optional<Mark> mark() {
        return mark.read();
    }
}
