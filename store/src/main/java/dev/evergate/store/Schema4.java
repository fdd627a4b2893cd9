package dev.evergate.store;

import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * What schema 4 adds to tables that were there before. A successor reads and accepts before it has
 * brought the store to its schema, which it does with the lease: until then the new columns are
 * empty. Stateless.
 */
final class Schema4 {
    private static final int SCHEMA = 4;
    private static final Pattern COLUMNS = Pattern.compile("\\b(\\w\\.)?(content|options)\\b");

    private Schema4() {}

    /** Whether the store has been brought to it. */
    static boolean isThere(StoreConnection c) throws SQLException {
        return Migrations.schema(c) >= SCHEMA;
    }

    /** A query as this store understands it. */
    static String reading(StoreConnection c, String select) throws SQLException {
        return isThere(c) ? select : COLUMNS.matcher(select).replaceAll("''");
    }
}
