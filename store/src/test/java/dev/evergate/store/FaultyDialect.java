package dev.evergate.store;

import dev.evergate.core.time.World;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** SQLite on a disk that fails when a test says so. Thread-safe. */
final class FaultyDialect extends SqliteDialect {
    private static final long UNLIMITED_PAGES = 1_000_000;

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger failingSyncs = new AtomicInteger();
    private final AtomicLong pagesMax = new AtomicLong(UNLIMITED_PAGES);

    FaultyDialect(World world) {
        super(world);
    }

    /** Connections opened so far. */
    int opened() {
        return opened.get();
    }

    /** Commits asked for so far. */
    int commits() {
        return commits.get();
    }

    /** The next commits fail as if the disk had refused to sync. */
    void failSyncs(int number) {
        failingSyncs.set(number);
    }

    /** Connections opened from now on find no room beyond this many pages. */
    void limitDisk(long pages) {
        pagesMax.set(pages);
    }

    void freeDisk() {
        pagesMax.set(UNLIMITED_PAGES);
    }

    @Override
    Connection open(Path file, Purpose purpose) throws SQLException {
        opened.incrementAndGet();
        Connection connection = super.open(file, purpose);
        try (var statement = connection.createStatement()) {
            boolean _ = statement.execute("PRAGMA max_page_count = " + pagesMax.get());
        }
        return connection;
    }

    @Override
    void commit(Connection connection) throws SQLException {
        commits.incrementAndGet();
        if (failingSyncs.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new SQLiteException(
                    "[SQLITE_IOERR_FSYNC] I/O error during fsync()",
                    SQLiteErrorCode.SQLITE_IOERR_FSYNC);
        }
        super.commit(connection);
    }
}
