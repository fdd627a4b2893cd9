package dev.evergate.server;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;

import java.util.List;
import java.util.Optional;

/** An audit log in memory, whose disk is full when a test says so. Thread-safe. */
final class FakeAudit implements Audit {
    private final Audit log = new MemoryJournal(new MemoryDisk()).audit();
    volatile boolean isFull;

    /** All entries, in order. */
    List<AuditEntry> all() {
        return log.after(0, Integer.MAX_VALUE);
    }

    /** Those of one action, in order. */
    List<AuditEntry> of(String action) {
        return all().stream().filter(it -> it.note().act().action().equals(action)).toList();
    }

    @Override
    public AuditEntry append(AuditEntry.Note note) {
        if (isFull) {
            throw new EvergateException(ErrorCode.STATE_UNUSABLE, "the disk is full");
        }
        return log.append(note);
    }

    @Override
    public List<AuditEntry> newest(Query query) {
        return log.newest(query);
    }

    @Override
    public List<AuditEntry> after(long seq, int limit) {
        return log.after(seq, limit);
    }

    @Override
    public Mark root() {
        return log.root();
    }

    @Override
    public Optional<Mark> mark() {
        return log.mark();
    }
}
