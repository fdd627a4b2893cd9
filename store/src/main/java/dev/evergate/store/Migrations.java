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
final class Migrations {
    /** Files beside this class; the first makes schema 1 of an empty database. */
    private static final List<String> STEPS = List.of("sqlite/0001-day-one.sql");

    private static final int APPLICATION_ID = 0x45564754;

    private Migrations() {}

    /** The schema this release writes. */
    static int newest() {
        return STEPS.size();
    }

    /** Refuses a database that is not ours or is newer than this release; reads only. */
    static int requireKnown(StoreConnection connection, Path file) throws SQLException {
        int schema = pragma(connection, "PRAGMA user_version");
        int application = pragma(connection, "PRAGMA application_id");
        boolean isEmpty =
                schema == 0 && pragma(connection, "SELECT COUNT(*) FROM sqlite_schema") == 0;
        if (!isEmpty && application != APPLICATION_ID) {
            throw StoreFile.damaged(file, "it is a SQLite database, but not one of Evergate");
        }
        if (schema > newest()) {
            throw StoreFile.newer(file, schema, newest());
        }
        return schema;
    }

    /** Applies the steps that are missing, all in one transaction. */
    static void apply(StoreConnection connection, Path file) throws SQLException {
        connection.begin();
        for (int step = requireKnown(connection, file); step < newest(); step++) {
            connection.execute(text(STEPS.get(step)));
            connection.execute("PRAGMA user_version = " + (step + 1));
        }
        connection.commit();
    }

    private static int pragma(StoreConnection connection, String sql) throws SQLException {
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
