package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is SQLite's own: how a connection is opened, how a transaction begins and ends, what its
 * error codes mean. Thread-safe.
 */
class SqliteDialect {
    /** How long one process waits for the other's transaction during a hand-over. */
    private static final int BUSY_TIMEOUT_MS = 5_000;

    /** A log longer than this is cut after it has been worked in. */
    private static final int LOG_BYTES_MAX = 16 << 20;

    private final World world;

    SqliteDialect(World world) {
        this.world = world;
    }

    /** What a connection is for. */
    enum Purpose {
        WRITE,
        READ
    }

    /** Opens the database; it must exist. Changes nothing in it. */
    Connection open(Path file, Purpose purpose) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setTransactionMode(
                purpose == Purpose.WRITE
                        ? SQLiteConfig.TransactionMode.IMMEDIATE
                        : SQLiteConfig.TransactionMode.DEFERRED);
        config.setGetGeneratedKeys(false);
        Connection connection = config.createConnection("jdbc:sqlite:" + location(file));
        BusyHandler.setHandler(connection, new Patience());
        try (var statement = connection.createStatement()) {
            int _ =
                    statement.executeUpdate(
                            """
                            PRAGMA synchronous = FULL;
                            PRAGMA fullfsync = ON;
                            PRAGMA foreign_keys = ON;
                            PRAGMA temp_store = MEMORY;
                            PRAGMA journal_size_limit = %d;
                            PRAGMA query_only = %s;
                            """
                                    .formatted(
                                            LOG_BYTES_MAX, purpose == Purpose.READ ? "ON" : "OFF"));
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Waits for the other process, looking every millisecond: it leaves gaps that are hardly
     * longer. SQLite's own wait looks ever more seldom and can miss them all.
     */
    private final class Patience extends BusyHandler {
        private static final long LOOK_MS = 1;

        private Deadline end = world.time().deadlineIn(0);

        @Override
        protected int callback(int looks) {
            if (looks == 0) {
                end = world.time().deadlineIn(BUSY_TIMEOUT_MS);
            }
            if (end.hasPassed(world.time())) {
                return 0;
            }
            try {
                world.pause(LOOK_MS);
                return 1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
    }

    /** Turns on the write-ahead log, which lets readers and the writer work side by side. */
    void useLog(StoreConnection connection) throws SQLException {
        String mode = connection.first("PRAGMA journal_mode = WAL", Row::text).orElse("");
        if (!mode.equals("wal")) {
            throw new SQLException("the file system cannot keep a write-ahead log: " + mode);
        }
    }

    /** Reads everything and refuses what does not fit together. */
    void check(StoreConnection connection, Path file) throws SQLException {
        String finding = connection.first("PRAGMA quick_check(1)", Row::text).orElse("no answer");
        if (!finding.equals("ok")) {
            throw StoreFile.damaged(file, finding);
        }
    }

    /** Starts a transaction: at once the only one that writes, if the connection is for writing. */
    void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    /**
     * Commits. Not {@link Connection#commit}: this driver's would begin the next transaction at
     * once and keep the other process out.
     */
    void commit(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
    }

    /**
     * What an error means to a caller. Codes: <a href="https://sqlite.org/rescode.html">SQLite
     * result codes</a>.
     */
    EvergateException meaning(SQLException error, Path file) {
        SQLiteErrorCode code =
                error instanceof SQLiteException e
                        ? SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff)
                        : SQLiteErrorCode.SQLITE_ERROR;
        return switch (code) {
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    StoreFile.damaged(file, String.valueOf(error.getMessage()), error);
            case SQLITE_FULL ->
                    unusable(file, "the disk is full: free some space, nothing was stored", error);
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
                    unusable(file, "check that this user may read and write it", error);
            case SQLITE_IOERR, SQLITE_NOLFS, SQLITE_NOMEM ->
                    // A commit whose sync failed is taken back, but it is in the log: a crash
                    // before the next commit could bring it back.
                    unusable(
                            file,
                            "the disk refused, and it is not known what it kept; try again",
                            error);
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_INTERRUPT ->
                    unusable(
                            file,
                            "another process has held the write lock for %d ms; try again"
                                    .formatted(BUSY_TIMEOUT_MS),
                            error);
            case SQLITE_CONSTRAINT, SQLITE_TOOBIG ->
                    new EvergateException(
                            ErrorCode.INVALID_REQUEST,
                            "The store cannot keep this: " + error.getMessage(),
                            error);
            default ->
                    new EvergateException(
                            ErrorCode.INTERNAL,
                            "%s: unexpected answer of SQLite: %s"
                                    .formatted(file, error.getMessage()),
                            error);
        };
    }

    /** Whether an error concerns one statement only and leaves the transaction as it was. */
    boolean isConfined(SQLException error) {
        return error instanceof SQLiteException e
                && switch (SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff)) {
                    case SQLITE_CONSTRAINT, SQLITE_TOOBIG -> true;
                    default -> false;
                };
    }

    private static EvergateException unusable(Path file, String advice, SQLException error) {
        return new EvergateException(
                ErrorCode.STATE_UNUSABLE,
                "%s cannot be used (%s): %s".formatted(file, error.getMessage(), advice),
                error);
    }

    /** A file name as SQLite reads it: a URI, so that a question mark in it stays a character. */
    private static String location(Path file) {
        return "file:" + file.toAbsolutePath().toUri().getRawPath();
    }
}
