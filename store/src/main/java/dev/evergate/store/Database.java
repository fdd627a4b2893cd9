package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.nio.file.Path;
import java.sql.SQLException;

/** A database that is there: opens connections to it and reads its errors. Thread-safe. */
record Database(Path file, SqliteDialect dialect, Migrations migrations) {
    /** A larger file is not checked at start: reading all of it would take too long. */
    private static final long CHECKED_BYTES_MAX = 4 << 20;

    /** Opens a connection; refuses if the file is no longer what it was. */
    StoreConnection connect(SqliteDialect.Purpose purpose) throws SQLException {
        StoreConnection connection = open(purpose);
        try {
            migrations.requireTables(connection, file);
            return connection;
        } catch (SQLException | EvergateException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Checks what is there, brings it to the schema of this release, and returns a connection that
     * writes. A store that is refused is left as it is.
     */
    StoreConnection makeReady(StoreFile state) throws SQLException {
        StoreConnection connection = open(SqliteDialect.Purpose.WRITE);
        try {
            int schema = migrations.requireKnown(connection, file);
            dialect.useLog(connection);
            if (!state.closedCleanly() && state.bytes() <= CHECKED_BYTES_MAX) {
                dialect.check(connection, file);
            }
            // An empty transaction writes nothing, but fails where writing would.
            connection.begin();
            if (schema < migrations.newest()) {
                migrate(connection);
            }
            connection.commit();
            return connection;
        } catch (SQLException | EvergateException e) {
            connection.close();
            throw e;
        }
    }

    /** Returns a connection that writes, to a store that another process has made ready. */
    StoreConnection join() throws SQLException {
        StoreConnection connection = open(SqliteDialect.Purpose.WRITE);
        try {
            int _ = migrations.requireKnown(connection, file);
            migrations.requireTables(connection, file);
            connection.begin();
            connection.commit();
            return connection;
        } catch (SQLException | EvergateException e) {
            connection.close();
            throw e;
        }
    }

    /** Brings the store to the schema of this release, within the transaction of the caller. */
    void migrate(StoreConnection connection) throws SQLException {
        try {
            migrations.apply(connection, file);
        } catch (SQLException e) {
            if (dialect.meaning(e, file).code() != ErrorCode.INTERNAL) {
                throw e; // the disk, not the step
            }
            throw new EvergateException(
                    ErrorCode.INTERNAL,
                    """
                    The store %s cannot be brought to schema %d: %s. Nothing was changed; the \
                    release before can go on with it."""
                            .formatted(file, migrations.newest(), e.getMessage()),
                    e);
        }
    }

    private StoreConnection open(SqliteDialect.Purpose purpose) throws SQLException {
        return new StoreConnection(dialect.open(file, purpose), dialect);
    }

    EvergateException meaning(SQLException error) {
        return dialect.meaning(error, file);
    }

    boolean isConfined(SQLException error) {
        return dialect.isConfined(error);
    }
}
