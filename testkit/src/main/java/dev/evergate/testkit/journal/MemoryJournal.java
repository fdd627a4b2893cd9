package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
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

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A journal without a disk, for simulations: it never waits, and what was written outlives it in
 * its {@link MemoryDisk}. Thread-safe.
 */
public final class MemoryJournal implements Journal {
    private final MemoryDisk disk;
    private final MemoryInbox inbox;
    private final MemorySessions sessions;
    private final MemoryTurns turns;
    private final MemoryOutbox outbox;
    private final MemoryLeases leases;
    private final MemoryRestarts restarts;
    private boolean closed;

    public MemoryJournal(MemoryDisk disk) {
        this.disk = disk;
        this.inbox = new MemoryInbox(this);
        this.sessions = new MemorySessions(this);
        this.turns = new MemoryTurns(this, sessions);
        this.outbox = new MemoryOutbox(this);
        this.leases = new MemoryLeases(this);
        this.restarts = new MemoryRestarts(this);
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public TurnJournal turns() {
        return turns;
    }

    @Override
    public Sessions sessions() {
        return sessions;
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Restarts restarts() {
        return restarts;
    }

    @Override
    public Devices devices() {
        return new MemoryDevices(this);
    }

    @Override
    public Usage usage() {
        return new MemoryUsage(this);
    }

    @Override
    public Audit audit() {
        return new MemoryAudit(this);
    }

    @Override
    public Attachments attachments() {
        return sha256 -> atomically(() -> Optional.ofNullable(disk.attachments.get(sha256)));
    }

    @Override
    public void proveWritable() {
        atomically(() -> 0);
    }

    @Override
    public void close() {
        synchronized (disk) {
            closed = true;
        }
    }

    MemoryDisk disk() {
        return disk;
    }

    /** One transaction: all of it, or, if it throws, nothing. */
    <T> T atomically(Supplier<T> work) {
        synchronized (disk) {
            if (closed) {
                throw new EvergateException(ErrorCode.UNAVAILABLE, "the journal is closed");
            }
            MemoryDisk before = disk.copy();
            try {
                return work.get();
            } catch (RuntimeException e) {
                disk.restore(before);
                throw e;
            }
        }
    }
}
