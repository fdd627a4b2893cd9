package dev.evergate.store;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;

/**
 * The connection of one store thread: opened when needed, given up after a failure. Not
 * thread-safe.
 */
final class OwnConnection {
    private final Database database;
    private final SqliteDialect.Purpose purpose;
    private @Nullable StoreConnection connection;

    OwnConnection(Database database, SqliteDialect.Purpose purpose) {
        this.database = database;
        this.purpose = purpose;
    }

    OwnConnection(Database database, SqliteDialect.Purpose purpose, StoreConnection first) {
        this(database, purpose);
        this.connection = first;
    }

    StoreConnection open() throws SQLException {
        StoreConnection open = connection;
        if (open == null) {
            open = database.connect(purpose);
            connection = open;
        }
        return open;
    }

    /** Closes it, if there is one; whatever its transaction held is undone. */
    void giveUp() {
        StoreConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // Nothing of it is used any more; the next one proves itself.
            }
        }
    }
}
