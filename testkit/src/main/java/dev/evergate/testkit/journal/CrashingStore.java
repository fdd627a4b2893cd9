package dev.evergate.testkit.journal;

import dev.evergate.api.Secret;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Attachments;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditTrail;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.journal.Restarts;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.SetupCode;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.core.journal.Usage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A journal that fails at its n-th write, counted from 1: run the same story once for each n, and
 * no place where a process can die is left out. Thread-safe.
 *
 * <p>After its death every call throws {@link Death} and the journal below stays open: the next
 * life of the story goes on with it, or with a new one on the same files.
 */
public final class CrashingStore implements Journal {
    private final Journal journal;
    private final Fault fault;
    private final long faultyWrite;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicBoolean isDead = new AtomicBoolean();

    /** What happens at the n-th write. */
    public enum Fault {
        /** The process dies, nothing was written. */
        DIES_BEFORE_COMMIT,
        /** It was written, but the process dies before it can tell anybody. */
        DIES_AFTER_COMMIT,
        /** The disk refuses this one write; the process goes on. */
        REFUSES_ONCE
    }

    /** The end of a simulated process. An error: nothing that handles failures may survive it. */
    public static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("the simulated process is dead");
        }
    }

    public CrashingStore(Journal journal, Fault fault, long faultyWrite) {
        this.journal = journal;
        this.fault = fault;
        this.faultyWrite = faultyWrite;
    }

    /** A journal without a fault, to learn how many writes a story has. */
    public static CrashingStore counting(Journal journal) {
        return new CrashingStore(journal, Fault.REFUSES_ONCE, Long.MAX_VALUE);
    }

    /** Writes asked for so far, the failed one included. */
    public long writes() {
        return writes.get();
    }

    public boolean isDead() {
        return isDead.get();
    }

    @Override
    public void proveWritable() {
        write(journal::proveWritable);
    }

    /** Closes the journal below, unless this one is dead. */
    @Override
    public void close() {
        if (!isDead()) {
            journal.close();
        }
    }

    @Override
    public Inbox inbox() {
        Inbox inbox = journal.inbox();
        return new Inbox() {
            @Override
            public Acceptance accept(IncomingMessage message, List<Attachment> attachments) {
                return write(() -> inbox.accept(message, attachments));
            }

            @Override
            public List<AcceptedMessage> pending() {
                return read(inbox::pending);
            }

            @Override
            public Optional<AcceptedMessage> findByRun(String runId) {
                return read(() -> inbox.findByRun(runId));
            }
        };
    }

    @Override
    public TurnJournal turns() {
        TurnJournal turns = journal.turns();
        return new TurnJournal() {
            @Override
            public Begun begin(Epoch epoch, Beginning beginning) {
                return write(() -> turns.begin(epoch, beginning));
            }

            @Override
            public void checkpoint(Epoch epoch, String runId, String partialText) {
                write(() -> turns.checkpoint(epoch, runId, partialText));
            }

            @Override
            public List<TranscriptRow> finish(Epoch epoch, Ending ending) {
                return write(() -> turns.finish(epoch, ending));
            }

            @Override
            public Optional<Turn> find(String runId) {
                return read(() -> turns.find(runId));
            }

            @Override
            public Optional<TranscriptRow> reply(String runId) {
                return read(() -> turns.reply(runId));
            }
        };
    }

    @Override
    public Sessions sessions() {
        return new CrashingSessions(journal.sessions());
    }

    @Override
    public Outbox outbox() {
        Outbox outbox = journal.outbox();
        return new Outbox() {
            @Override
            public List<Delivery> due(long nowMs, int limit) {
                return read(() -> outbox.due(nowMs, limit));
            }

            @Override
            public void mark(
                    Epoch epoch, String id, State state, String receipt, long nextAttemptAtMs) {
                write(() -> outbox.mark(epoch, id, state, receipt, nextAttemptAtMs));
            }
        };
    }

    @Override
    public Leases leases() {
        Leases leases = journal.leases();
        return new Leases() {
            @Override
            public Outcome take(Holder holder, Predicate<Holder> isGone) {
                return write(() -> leases.take(holder, isGone));
            }

            @Override
            public void release(Epoch epoch) {
                write(() -> leases.release(epoch));
            }
        };
    }

    @Override
    public Usage usage() {
        Usage usage = journal.usage();
        return span -> read(() -> usage.sums(span));
    }

    @Override
    public Restarts restarts() {
        Restarts restarts = journal.restarts();
        return new Restarts() {
            @Override
            public void add(RestartReport report) {
                write(() -> restarts.add(report));
            }

            @Override
            public List<RestartReport> newest(int limit) {
                return read(() -> restarts.newest(limit));
            }

            @Override
            public Optional<RestartReport> find(long generation) {
                return read(() -> restarts.find(generation));
            }
        };
    }

    @Override
    public Audit audit() {
        return new CrashingAudit(journal.audit());
    }

    @Override
    public Attachments attachments() {
        return sha256 -> read(() -> journal.attachments().find(sha256));
    }

    @Override
    public Devices devices() {
        Devices devices = journal.devices();
        return new Devices() {
            @Override
            public Optional<Device> find(String deviceId) {
                return read(() -> devices.find(deviceId));
            }

            @Override
            public List<Device> list() {
                return read(devices::list);
            }

            @Override
            public Devices.Changed change(
                    Epoch epoch, Device orElse, UnaryOperator<Device> change) {
                return write(() -> devices.change(epoch, orElse, change));
            }

            @Override
            public void keep(Epoch epoch, SetupCode code) {
                CrashingStore.this.write(() -> devices.keep(epoch, code));
            }

            @Override
            public List<SetupCode> setupCodes() {
                return read(devices::setupCodes);
            }

            @Override
            public boolean forgetSetupCode(Epoch epoch, String id) {
                return write(() -> devices.forgetSetupCode(epoch, id));
            }

            @Override
            public Optional<Changed> redeem(
                    Epoch epoch, SetupCode used, Device orElse, UnaryOperator<Device> change) {
                return write(() -> devices.redeem(epoch, used, orElse, change));
            }

            @Override
            public Secret key() {
                return read(devices::key);
            }
        };
    }

    private <T> T read(Supplier<T> read) {
        requireAlive();
        T answer = read.get();
        requireAlive();
        return answer;
    }

    private void write(Runnable write) {
        boolean _ =
                write(
                        () -> {
                            write.run();
                            return true;
                        });
    }

    private <T> T write(Supplier<T> write) {
        requireAlive();
        boolean isFaulty = writes.incrementAndGet() == faultyWrite;
        if (isFaulty && fault == Fault.REFUSES_ONCE) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE, "the simulated disk is full: nothing was stored");
        }
        if (isFaulty && fault == Fault.DIES_BEFORE_COMMIT) {
            throw death();
        }
        T answer = write.get();
        if (isFaulty) {
            throw death();
        }
        requireAlive();
        return answer;
    }

    private Death death() {
        isDead.set(true);
        return new Death();
    }

    private void requireAlive() {
        if (isDead()) {
            throw new Death();
        }
    }

    /** An audit log that is kept until the end. */
    private final class CrashingAudit implements Audit {
        private final Audit audit;

        CrashingAudit(Audit audit) {
            this.audit = audit;
        }

        @Override
        public AuditEntry append(AuditEntry.Note note) {
            return write(() -> audit.append(note));
        }

        @Override
        public List<AuditEntry> newest(AuditTrail.Query query) {
            return read(() -> audit.newest(query));
        }

        @Override
        public List<AuditEntry> after(long seq, int limit) {
            return read(() -> audit.after(seq, limit));
        }

        @Override
        public Mark root() {
            return read(audit::root);
        }

        @Override
        public Optional<Mark> mark() {
            return read(audit::mark);
        }
    }

    /** Conversations that are read and written until the end. */
    private final class CrashingSessions implements Sessions {
        private final Sessions sessions;

        CrashingSessions(Sessions sessions) {
            this.sessions = sessions;
        }

        @Override
        public Optional<Session> find(String key) {
            return read(() -> sessions.find(key));
        }

        @Override
        public Optional<Session> ofWindow(String sessionId) {
            return read(() -> sessions.ofWindow(sessionId));
        }

        @Override
        public Listing list(Sessions.Query query) {
            return read(() -> sessions.list(query));
        }

        @Override
        public List<String> categories() {
            return read(sessions::categories);
        }

        @Override
        public Sessions.Changed change(
                Epoch epoch, NewSession orElse, UnaryOperator<Session> change) {
            return write(() -> sessions.change(epoch, orElse, change));
        }

        @Override
        public Optional<TranscriptRow> row(String key, String rowId) {
            return read(() -> sessions.row(key, rowId));
        }

        @Override
        public Optional<Compaction> compaction(String sessionId, long seq) {
            return read(() -> sessions.compaction(sessionId, seq));
        }

        @Override
        public Optional<TranscriptRow> shorten(Epoch epoch, Shortening shortening) {
            return write(() -> sessions.shorten(epoch, shortening));
        }

        @Override
        public long length(String key, String sessionId) {
            return read(() -> sessions.length(key, sessionId));
        }

        @Override
        public Session create(Epoch epoch, NewSession session) {
            return write(() -> sessions.create(epoch, session));
        }

        @Override
        public Session reset(Epoch epoch, NewSession session) {
            return write(() -> sessions.reset(epoch, session));
        }

        @Override
        public boolean delete(Epoch epoch, String key) {
            return write(() -> sessions.delete(epoch, key));
        }

        @Override
        public TranscriptRow append(Epoch epoch, NewSession session, TurnJournal.NewRow row) {
            return write(() -> sessions.append(epoch, session, row));
        }

        @Override
        public Page page(String key, int limit, int offset) {
            return read(() -> sessions.page(key, limit, offset));
        }

        @Override
        public List<TranscriptRow> after(String sessionId, long seq, int limit) {
            return read(() -> sessions.after(sessionId, seq, limit));
        }
    }
}
