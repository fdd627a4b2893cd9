package dev.evergate.app.sim;

import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Restarts;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TurnJournal;

import java.util.List;
import java.util.Optional;

/** Broken on purpose: acknowledges one message in four without storing it. */
record ForgetfulJournal(Journal journal) implements Journal {
    @Override
    public Inbox inbox() {
        return new ForgetfulInbox(journal.inbox());
    }

    private record ForgetfulInbox(Inbox inbox) implements Inbox {
        @Override
        public Acceptance accept(IncomingMessage message) {
            return message.runId().hashCode() % 4 == 0
                    ? new Acceptance.Accepted(new AcceptedMessage(message, 1, Fate.PENDING))
                    : inbox.accept(message);
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

    @Override
    public TurnJournal turns() {
        return journal.turns();
    }

    @Override
    public Sessions sessions() {
        return journal.sessions();
    }

    @Override
    public Outbox outbox() {
        return journal.outbox();
    }

    @Override
    public Leases leases() {
        return journal.leases();
    }

    @Override
    public Restarts restarts() {
        return journal.restarts();
    }

    @Override
    public void proveWritable() {
        journal.proveWritable();
    }

    @Override
    public void close() {
        journal.close();
    }
}
