package dev.evergate.store;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.metric.Stopwatch;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.World;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one thread that writes, with group commit: what arrives while one commit is on its way to the
 * disk shares the next one.
 *
 * <p>A unit of work that fails takes only its own changes back. A commit that fails, fails every
 * unit in it and costs the connection: after a refused sync nothing it holds is trusted, and the
 * next unit proves itself on a new one (I27).
 */
final class StoreWriter {
    /** More than this waiting means that the disk cannot follow: refusing is then honest. */
    private static final int WAITING_MAX = 4_096;

    /** The other process must get the write lock in between. */
    private static final long TRANSACTION_NANOS_MAX = 50_000_000;

    /** Between two transactions of a batch that was too long for one. */
    private static final long ROOM_MS = 2;

    private static final long CLOSE_TIMEOUT_MS = 10_000;

    private final Database database;
    private final World world;
    private final Time time;
    private final Loop loop;
    private final long patienceMs;
    private final ArrayBlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final Stopwatch commits = new Stopwatch();
    private volatile boolean isClosed;

    /** Of the writer thread. */
    private final OwnConnection connection;

    /** Of the writer thread: the connection is closed for good. */
    private boolean hasEnded;

    StoreWriter(Database database, StoreConnection first, World world, long patienceMs) {
        this.database = database;
        this.connection = new OwnConnection(database, SqliteDialect.Purpose.WRITE, first);
        this.world = world;
        this.time = world.time();
        this.loop = world.loop("store-writer");
        this.patienceMs = patienceMs;
    }

    /** Does the work in a transaction; what it did is durable when this returns. */
    <T> T write(StoreConnection.Work<T> work) {
        Pending<T> unit = new Pending<>(work, patienceMs);
        if (isClosed) {
            throw Refusals.closed();
        }
        if (!waiting.offer(unit)) {
            throw Refusals.overloaded(WAITING_MAX, "writes");
        }
        schedule();
        return unit.await();
    }

    /** Units that nobody has started yet. */
    int waiting() {
        return waiting.size();
    }

    /** How long transactions took, from their begin to the disk. */
    Stopwatch commits() {
        return commits;
    }

    /** See {@link Loop#busyMillis}. */
    long busyMillis() {
        return loop.busyMillis();
    }

    /** Finishes what was submitted, then closes the connection. */
    void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        CountDownLatch end = new CountDownLatch(1);
        loop.execute(
                () -> {
                    commit(waitingUnits());
                    hasEnded = true;
                    connection.giveUp();
                    end.countDown();
                });
        loop.close();
        try {
            boolean _ = end.await(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule() {
        if (isScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                isScheduled.set(false);
                failAll(waitingUnits(), Refusals.closed());
            }
        }
    }

    /** Takes all that waits; what comes meanwhile is the next decision of the loop. */
    private void drain() {
        isScheduled.set(false);
        if (hasEnded) {
            failAll(waitingUnits(), Refusals.closed());
        } else {
            commit(waitingUnits());
        }
    }

    private void commit(List<Pending<?>> batch) {
        int next = 0;
        while (next < batch.size()) {
            if (next > 0) {
                makeRoom();
            }
            next = commitFrom(batch, next);
        }
    }

    /** Leaves the other process a gap in which it is sure to look for one. */
    private void makeRoom() {
        try {
            world.pause(ROOM_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Pending<?>> waitingUnits() {
        List<Pending<?>> batch = new ArrayList<>();
        waiting.drainTo(batch);
        return batch;
    }

    /** One transaction; returns the index of the first unit that had no place in it. */
    private int commitFrom(List<Pending<?>> batch, int from) {
        List<Pending<?>> done = new ArrayList<>(batch.size() - from);
        int next = from;
        try {
            StoreConnection open = connection.open();
            open.begin();
            long start = time.nanos();
            while (next < batch.size() && time.nanos() - start < TRANSACTION_NANOS_MAX) {
                Pending<?> unit = batch.get(next++);
                if (unit.start()) {
                    done.add(unit);
                    run(unit, open);
                }
            }
            open.commit();
            commits.took(time.nanos() - start);
        } catch (SQLException e) {
            return giveUp(batch, from, database.meaning(e));
        } catch (EvergateException e) {
            return giveUp(batch, from, e);
        } catch (Throwable bug) { // the callers must not wait for what will never come
            int _ = giveUp(batch, from, bug);
            throw bug;
        }
        done.forEach(Pending::tell);
        return next;
    }

    private void run(Pending<?> unit, StoreConnection open) throws SQLException {
        int _ = open.update("SAVEPOINT unit");
        if (!unit.run(open, database)) {
            int _ = open.update("ROLLBACK TO unit");
        }
        int _ = open.update("RELEASE unit");
    }

    /** Takes the transaction back and tells everybody in it, and those behind, that it failed. */
    private int giveUp(List<Pending<?>> batch, int from, Throwable failure) {
        connection.giveUp();
        failAll(batch.subList(from, batch.size()), failure);
        return batch.size();
    }

    private static void failAll(List<Pending<?>> units, Throwable failure) {
        units.forEach(unit -> unit.fail(failure));
    }
}
