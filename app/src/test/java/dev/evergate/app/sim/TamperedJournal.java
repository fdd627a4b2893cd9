package dev.evergate.app.sim;

import dev.evergate.core.journal.Attachments;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Restarts;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.core.journal.Usage;

/** A journal of which a part was exchanged. */
record TamperedJournal(Journal journal, Inbox inbox, TurnJournal turns) implements Journal {
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
    public Usage usage() {
        return journal.usage();
    }

    @Override
    public Devices devices() {
        return journal.devices();
    }

    @Override
    public Audit audit() {
        return journal.audit();
    }

    @Override
    public Attachments attachments() {
        return journal.attachments();
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
