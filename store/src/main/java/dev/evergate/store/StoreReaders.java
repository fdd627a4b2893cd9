package dev.evergate.store;

import dev.evergate.core.time.Loop;
import dev.evergate.core.time.World;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read, each with a connection of its own, opened when first needed. Virtual
 * threads must not read themselves: a native call holds the thread that carries them.
 */
final class StoreReaders {
    private static final int READERS = 2;

    /** More than this waiting means that readers cannot follow. */
    private static final int WAITING_MAX = 1_024;

    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final Database database;
    private final long patienceMs;
    private final List<Reader> readers = new ArrayList<>();

    private final Object guard = new Object();
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();
    private final ArrayDeque<Pending<?>> waiting = new ArrayDeque<>();
    private boolean isClosed;

    StoreReaders(Database database, World world, long patienceMs) {
        this.database = database;
        this.patienceMs = patienceMs;
        for (int i = 1; i <= READERS; i++) {
            readers.add(new Reader(world.loop("store-reader-" + i)));
        }
        idle.addAll(readers);
    }

    /** Does the work on one consistent view of the database. */
    <T> T read(StoreConnection.Work<T> work) {
        Pending<T> request = new Pending<>(work, patienceMs);
        synchronized (guard) {
            if (isClosed) {
                throw Refusals.closed();
            }
            Reader free = idle.poll();
            if (free != null) {
                free.loop.execute(() -> free.serve(request));
            } else if (waiting.size() < WAITING_MAX) {
                waiting.add(request);
            } else {
                throw Refusals.overloaded(WAITING_MAX, "reads");
            }
        }
        return request.await();
    }

    /** Finishes what was submitted, then closes the connections. */
    void close() {
        synchronized (guard) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        CountDownLatch ends = new CountDownLatch(readers.size());
        for (Reader reader : readers) {
            reader.loop.execute(
                    () -> {
                        reader.connection.giveUp();
                        ends.countDown();
                    });
            reader.loop.close();
        }
        try {
            boolean _ = ends.await(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One thread and its connection. */
    private final class Reader {
        private final Loop loop;
        private final OwnConnection connection =
                new OwnConnection(database, SqliteDialect.Purpose.READ);

        private Reader(Loop loop) {
            this.loop = loop;
        }

        private void serve(Pending<?> first) {
            for (Pending<?> request = first; request != null; request = nextOrIdle()) {
                if (request.start()) {
                    answer(request);
                }
            }
        }

        private @Nullable Pending<?> nextOrIdle() {
            synchronized (guard) {
                Pending<?> next = waiting.poll();
                if (next == null) {
                    idle.add(this);
                }
                return next;
            }
        }

        private void answer(Pending<?> request) {
            try {
                StoreConnection open = connection.open();
                open.begin();
                boolean _ = request.run(open, database);
                open.commit();
                request.tell();
            } catch (SQLException e) {
                connection.giveUp();
                request.fail(database.meaning(e));
            } catch (Throwable failure) { // the caller must not wait for what will never come
                connection.giveUp();
                request.fail(failure);
            }
        }
    }
}
