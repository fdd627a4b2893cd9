package dev.evergate.store;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Attachments;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Restarts;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.core.journal.Usage;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.time.World;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/**
 * The journal on SQLite: {@code evergate.db} in the data directory, write-ahead log, every commit
 * synced. Two processes may have it open at once during a hand-over. Thread-safe.
 */
public final class SqlStore implements Journal {
    /** How long a caller waits for a store thread to come to its work. */
    private static final long PATIENCE_MS = 10_000;

    /** Longer than any platform delivers a message again (I19) or a client repeats a key (I25). */
    private static final long KEPT_MS = 48 * 3_600_000L;

    private static final String PROVE =
            """
            INSERT INTO proofs (name, proven_at_ms)
            VALUES ('write', ?)
            ON CONFLICT (name) DO UPDATE
            SET proven_at_ms = excluded.proven_at_ms
            """;

    private final World world;
    private final StoreWriter writer;
    private final StoreReaders readers;
    private final LeaseTable leases;
    private final InboxTable inbox;
    private final SessionTable sessions;
    private final TurnTable turns;
    private final OutboxTable outbox;
    private final RestartTable restarts;
    private final DeviceTable devices;
    private final AttachmentTable attachments;
    private final AuditTable audit;

    private SqlStore(Database database, StoreConnection first, World world, long patienceMs) {
        this.world = world;
        this.writer = new StoreWriter(database, first, world, patienceMs);
        this.readers = new StoreReaders(database, world, patienceMs);
        this.leases = new LeaseTable(this, database);
        this.inbox = new InboxTable(this);
        this.sessions = new SessionTable(this, leases);
        this.turns = new TurnTable(this, leases);
        this.outbox = new OutboxTable(this, leases);
        this.restarts = new RestartTable(this);
        this.attachments = new AttachmentTable(this);
        Path directory = Objects.requireNonNull(database.file().getParent());
        this.devices = new DeviceTable(this, leases, new TokenKey(directory, world));
        this.audit = new AuditTable(this, leases, new AuditMark(directory));
    }

    /**
     * Opens the store of a data directory, making both where they are missing.
     *
     * @throws EvergateException {@code STATE_UNUSABLE} if the directory cannot be written; {@code
     *     STORE_DAMAGED} if the store is damaged, lost, or was written by a newer release; then
     *     nothing was changed
     */
    public static SqlStore open(Path dataDirectory, World world) {
        return open(dataDirectory, world, new SqliteDialect(world), Migrations.OURS, PATIENCE_MS);
    }

    /**
     * Opens a store that another process works in, to take it over from there: makes nothing and
     * changes nothing. What an earlier release left is brought to this release's schema when the
     * lease is taken; until then everything works that needs no lease.
     *
     * @throws EvergateException {@code STORE_DAMAGED} if there is no store, it is damaged, or it
     *     was written by a newer release
     */
    public static SqlStore openBeside(Path dataDirectory, World world) {
        return openBeside(dataDirectory, world, Migrations.OURS);
    }

    static SqlStore openBeside(Path dataDirectory, World world, Migrations migrations) {
        Path file = StoreFile.existing(dataDirectory);
        Database database = new Database(file, new SqliteDialect(world), migrations);
        try {
            return new SqlStore(database, database.join(), world, PATIENCE_MS);
        } catch (SQLException e) {
            throw database.meaning(e);
        }
    }

    /** The schema this release writes. */
    public static int schema() {
        return Migrations.OURS.newest();
    }

    static SqlStore open(
            Path dataDirectory,
            World world,
            SqliteDialect dialect,
            Migrations migrations,
            long patienceMs) {
        StoreFile file = StoreFile.prepare(dataDirectory);
        Database database = new Database(file.path(), dialect, migrations);
        try {
            StoreConnection first = database.makeReady(file);
            file.mark();
            return new SqlStore(database, first, world, patienceMs);
        } catch (SQLException e) {
            throw database.meaning(e);
        }
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
    public Usage usage() {
        return new UsageTable(this);
    }

    @Override
    public Devices devices() {
        return devices;
    }

    @Override
    public Attachments attachments() {
        return attachments;
    }

    @Override
    public Audit audit() {
        return audit;
    }

    @Override
    public void proveWritable() {
        long nowMs = world.time().wallMillis();
        int _ = write(c -> c.update(PROVE, nowMs));
    }

    /**
     * Forgets what ended more than 48 hours ago (its message, its turn, its deliveries; transcripts
     * stay) and what deleted conversations left, in small pieces. Returns how many messages went.
     */
    public int prune(Epoch epoch, long nowMs) {
        int _ = sessions.removeDropped(epoch);
        return turns.prune(epoch, nowMs - KEPT_MS);
    }

    /**
     * Lets go the entries of the audit log that have been kept long enough; an entry says so.
     *
     * @param generation that does it
     */
    public void pruneAudit(Epoch epoch, long nowMs, long generation) {
        audit.prune(epoch, nowMs, generation);
    }

    /** What the store measures about itself. Does not wait. */
    public List<Metric> metrics() {
        return List.of(
                writer.commits()
                        .distribution(
                                "evergate_store_commit_seconds",
                                "Time from the begin of a write transaction until it is on disk."),
                Metric.gauge(
                        "evergate_store_waiting_writes",
                        "Writes that nobody has started yet.",
                        writer.waiting()));
    }

    /** How long the writer has been busy with one group of writes; 0 when it is idle. */
    public long writerBusyMillis() {
        return writer.busyMillis();
    }

    @Override
    public void close() {
        readers.close();
        writer.close();
    }

    /** Writes that nobody has started yet. */
    int waitingWrites() {
        return writer.waiting();
    }

    <T> T write(StoreConnection.Work<T> work) {
        return writer.write(work);
    }

    <T> T read(StoreConnection.Work<T> work) {
        return readers.read(work);
    }
}
