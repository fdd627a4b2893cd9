package dev.evergate.app.sim;

import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Journal;

import java.util.List;
import java.util.Optional;

/** Broken on purpose: acknowledges one message in four without storing it. */
record ForgetfulInbox(Inbox inbox) implements Inbox {
    static Journal in(Journal journal) {
        return new TamperedJournal(journal, new ForgetfulInbox(journal.inbox()), journal.turns());
    }

    @Override
    public Acceptance accept(IncomingMessage message, List<Attachment> attachments) {
        return message.runId().hashCode() % 4 == 0
                ? new Acceptance.Accepted(new AcceptedMessage(message, 1, Fate.PENDING))
                : inbox.accept(message, attachments);
    }

    @Override
    public List<AcceptedMessage> pending() {
        return inbox.pending();
    }

    @Override
    public Optional<AcceptedMessage> findByRun(String runId) {
        return inbox.findByRun(runId);
    }
}
