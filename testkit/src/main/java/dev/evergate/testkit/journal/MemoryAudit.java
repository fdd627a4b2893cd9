package dev.evergate.testkit.journal;

import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The audit log of a {@link MemoryJournal}. */
record MemoryAudit(MemoryJournal journal) implements Audit {
    @Override
    public AuditEntry append(Note note) {
        return journal.atomically(
                () -> {
                    Mark end = end();
                    AuditEntry entry = AuditEntry.of(end.seq() + 1, note, end.hash());
                    journal.disk().audit.add(entry);
                    return entry;
                });
    }

    private Mark end() {
        List<AuditEntry> all = journal.disk().audit;
        return all.isEmpty() ? Mark.START : new Mark(all.getLast().seq(), all.getLast().hash());
    }

    @Override
    public List<AuditEntry> newest(Query query) {
        return journal.atomically(
                () ->
                        journal.disk().audit.reversed().stream()
                                .filter(entry -> fits(entry, query))
                                .limit(query.limit())
                                .toList());
    }

    private static boolean fits(AuditEntry entry, Query query) {
        Actor actor = entry.note().actor();
        boolean isActor =
                query.actor().isEmpty()
                        || Stream.of(
                                        actor.method(),
                                        actor.device(),
                                        actor.user(),
                                        actor.client(),
                                        actor.connection(),
                                        actor.address())
                                .anyMatch(query.actor()::equals);
        return isActor
                && entry.note().atMs() >= query.sinceMs()
                && (query.beforeSeq() == 0 || entry.seq() < query.beforeSeq())
                && entry.note().act().action().startsWith(query.action());
    }

    @Override
    public List<AuditEntry> after(long seq, int limit) {
        return journal.atomically(
                () ->
                        journal.disk().audit.stream()
                                .filter(entry -> entry.seq() > seq)
                                .limit(limit)
                                .toList());
    }

    @Override
    public Mark root() {
        return Mark.START;
    }

    @Override
    public Optional<Mark> mark() {
        return journal.atomically(() -> Optional.of(end()));
    }
}
