package dev.evergate.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One connection to the database with its prepared statements.
 *
 * <p>Belongs to one thread at a time. SQL texts are constants, so the cache is bounded by the code.
 */
final class StoreConnection implements AutoCloseable {
    private final Connection connection;
    private final SqliteDialect dialect;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    StoreConnection(Connection connection, SqliteDialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** A piece of work inside a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(StoreConnection connection) throws SQLException;
    }

    /** Changes rows; returns how many. */
    int update(String sql, Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    /** All rows of a query, in its order. */
    <T> List<T> list(String sql, Row.Reader<T> reader, Object... values) throws SQLException {
        try (ResultSet result = bound(sql, values).executeQuery()) {
            List<T> found = new ArrayList<>();
            Row row = new Row(result);
            while (row.next()) {
                found.add(reader.read(row));
            }
            return found;
        }
    }

    /** The first row of a query, or of what a change returns. */
    <T> Optional<T> first(String sql, Row.Reader<T> reader, Object... values) throws SQLException {
        try (ResultSet result = bound(sql, values).executeQuery()) {
            Row row = new Row(result);
            return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
        }
    }

    /** Runs statements that stand for themselves, several if separated by semicolons. */
    void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            int _ = statement.executeUpdate(sql);
        }
    }

    void begin() throws SQLException {
        dialect.begin(connection);
    }

    /** Ends the transaction; its changes are on the disk when this returns. */
    void commit() throws SQLException {
        dialect.commit(connection);
    }

    /** Closes; an open transaction is undone. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private PreparedStatement bound(String sql, Object... values) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
