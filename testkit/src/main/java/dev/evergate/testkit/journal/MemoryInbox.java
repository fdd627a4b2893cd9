package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.IncomingMessage;

import java.util.List;
import java.util.Optional;

/** The inbox of a {@link MemoryJournal}. */
record MemoryInbox(MemoryJournal journal) implements Inbox {
    @Override
    public Acceptance accept(IncomingMessage message, List<Attachment> attachments) {
        return journal.atomically(
                () -> {
                    AcceptedMessage earlier = journal.disk().inbox.get(message.origin());
                    if (earlier != null) {
                        return new Acceptance.Duplicate(earlier);
                    }
                    if (byRun(message.runId()).isPresent()) {
                        throw new EvergateException(
                                ErrorCode.INVALID_REQUEST,
                                "Run %s answers another message".formatted(message.runId()));
                    }
                    long arrival = journal.disk().inbox.size() + 1L;
                    var accepted = new AcceptedMessage(message, arrival, Fate.PENDING);
                    journal.disk().inbox.put(message.origin(), accepted);
                    attachments.forEach(journal.disk()::keep);
                    return new Acceptance.Accepted(accepted);
                });
    }

    @Override
    public List<AcceptedMessage> pending() {
        return journal.atomically(
                () ->
                        journal.disk().inbox.values().stream()
                                .filter(message -> message.fate() == Fate.PENDING)
                                .toList());
    }

    @Override
    public Optional<AcceptedMessage> findByRun(String runId) {
        return journal.atomically(() -> byRun(runId));
    }

    private Optional<AcceptedMessage> byRun(String runId) {
        return journal.disk().inbox.values().stream()
                .filter(accepted -> accepted.message().runId().equals(runId))
                .findFirst();
    }
}
