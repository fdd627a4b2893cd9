package dev.evergate.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Brings a database to the schema of this release. Steps only add: a release reads what the one
 * before it wrote, and the one before it goes on working beside it during a hand-over.
 */
record Migrations(List<String> steps) {
    /** Files beside this class; the first makes schema 1 of an empty database. */
    static final Migrations OURS =
            new Migrations(
                    List.of(
                            "sqlite/0001-day-one.sql",
                            "sqlite/0002-restarts.sql",
                            "sqlite/0003-devices.sql",
                            "sqlite/0004-clients.sql",
                            "sqlite/0005-access.sql"));

    /** "EVGT", set by the first step. */
    private static final int APPLICATION_ID = 0x45564754;

    private static final String COUNT_TABLES = "SELECT COUNT(*) FROM sqlite_schema";

    /** The schema this release writes. */
    int newest() {
        return steps.size();
    }

    /** The schema of a database; refuses one that is not ours or newer than this release. */
    int requireKnown(StoreConnection connection, Path file) throws SQLException {
        int schema = schema(connection);
        boolean isEmpty = schema == 0 && number(connection, COUNT_TABLES) == 0;
        if (!isEmpty && number(connection, "PRAGMA application_id") != APPLICATION_ID) {
            throw StoreFile.damaged(file, "it is a SQLite database, but not one of Evergate");
        }
        if (schema > newest()) {
            throw StoreFile.newer(file, schema, newest());
        }
        return schema;
    }

    /**
     * Refuses a database without tables, such as one that has lost them while it was in use. One
     * that another generation has brought further is fine, and so is one that this generation has
     * not brought to its schema yet: steps only add.
     */
    void requireTables(StoreConnection connection, Path file) throws SQLException {
        if (schema(connection) == 0) {
            throw StoreFile.damaged(file, "its tables are gone");
        }
    }

    /** Applies the steps that are missing, within the transaction of the caller. */
    void apply(StoreConnection connection, Path file) throws SQLException {
        for (int step = requireKnown(connection, file); step < newest(); step++) {
            connection.execute(text(steps.get(step)));
            connection.execute("PRAGMA user_version = " + (step + 1));
        }
    }

    static int schema(StoreConnection connection) throws SQLException {
        return number(connection, "PRAGMA user_version");
    }

    private static int number(StoreConnection connection, String sql) throws SQLException {
        return connection.first(sql, Row::count).orElse(0);
    }

    private static String text(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing from the store");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
