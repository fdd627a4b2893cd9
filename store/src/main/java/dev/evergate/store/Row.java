package dev.evergate.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one row of a result, column after column in the order of the SELECT. Not thread-safe. */
final class Row {
    private final ResultSet result;
    private int column;

    Row(ResultSet result) {
        this.result = result;
    }

    boolean next() throws SQLException {
        column = 0;
        return result.next();
    }

    String text() throws SQLException {
        return result.getString(++column);
    }

    long number() throws SQLException {
        return result.getLong(++column);
    }

    int count() throws SQLException {
        return result.getInt(++column);
    }

    byte[] bytes() throws SQLException {
        return result.getBytes(++column);
    }

    <E extends Enum<E>> E constant(Class<E> type) throws SQLException {
        return Enum.valueOf(type, text());
    }

    /** Makes a value of a row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }
}
