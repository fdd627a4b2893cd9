package dev.evergate.store;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditTrail;
import dev.evergate.core.time.World;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The audit log of a data directory, read beside a gateway or without one: it asks nobody who could
 * lie about it, and changes nothing. For one thread.
 */
public final class AuditFile implements AuditTrail, AutoCloseable {
    private final Database database;
    private final StoreConnection connection;
    private final AuditMark mark;

    private AuditFile(Database database, StoreConnection connection, AuditMark mark) {
        this.database = database;
        this.connection = connection;
        this.mark = mark;
    }

    /**
     * @throws EvergateException {@code STORE_DAMAGED} if there is no store, or it is not ours or
     *     newer; {@code STATE_UNUSABLE} if it cannot be read
     */
    public static AuditFile open(Path dataDirectory, World world) {
        Path file = StoreFile.existing(dataDirectory);
        Database database = new Database(file, new SqliteDialect(world), Migrations.OURS);
        try {
            StoreConnection connection = database.connect(SqliteDialect.Purpose.READ);
            return new AuditFile(database, connection, new AuditMark(dataDirectory));
        } catch (SQLException e) {
            throw database.meaning(e);
        }
    }

    @Override
    public List<AuditEntry> newest(Query query) {
        return read(c -> AuditRows.newest(c, query));
    }

    @Override
    public List<AuditEntry> after(long seq, int limit) {
        return read(c -> AuditRows.after(c, seq, limit));
    }

    @Override
    public Mark root() {
        return read(AuditRows::root);
    }

    @Override
    public Optional<Mark> mark() {
        return mark.read();
    }

    private <T> T read(StoreConnection.Work<T> work) {
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw database.meaning(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw database.meaning(e);
        }
    }
}
