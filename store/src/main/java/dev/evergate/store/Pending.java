package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A piece of work on its way through a store thread, and the caller that waits for it.
 *
 * <p>Either the caller withdraws it or the store thread starts it, never both. An interrupt does
 * not cut the wait short: what becomes of a write must not depend on it.
 */
final class Pending<T> {
    /** What has started is in the hands of the disk, and of SQLite's own wait for a lock. */
    private static final int PATIENCE_ONCE_STARTED = 3;

    private enum Stage {
        WAITING,
        STARTED,
        WITHDRAWN
    }

    private final StoreConnection.Work<T> work;
    private final long patienceMs;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private Runnable answer = () -> {};

    Pending(StoreConnection.Work<T> work, long patienceMs) {
        this.work = work;
        this.patienceMs = patienceMs;
    }

    /** For the store thread: false if the caller has gone. */
    boolean start() {
        return stage.compareAndSet(Stage.WAITING, Stage.STARTED);
    }

    /**
     * Does the work and keeps the answer back until {@link #tell}. Returns whether its changes are
     * to stay; throws if the whole transaction is lost.
     */
    boolean run(StoreConnection connection, Database database) throws SQLException {
        try {
            T value = work.run(connection);
            answer = () -> outcome.complete(value);
            return true;
        } catch (SQLException e) {
            if (!database.isConfined(e)) {
                throw e;
            }
            answer = () -> outcome.completeExceptionally(database.meaning(e));
        } catch (RuntimeException e) {
            answer = () -> outcome.completeExceptionally(e);
        }
        return false;
    }

    /** Gives the caller the answer. */
    void tell() {
        answer.run();
    }

    /** Gives the caller a failure, whatever the work said. */
    void fail(Throwable failure) {
        boolean _ = outcome.completeExceptionally(failure);
    }

    /** For the caller: waits for the answer. */
    T await() {
        boolean isInterrupted = false;
        long timeoutMs = patienceMs;
        try {
            while (true) {
                try {
                    return outcome.get(timeoutMs, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    isInterrupted = true;
                } catch (ExecutionException e) {
                    throw forCaller(e);
                } catch (TimeoutException e) {
                    if (stage.compareAndSet(Stage.WAITING, Stage.WITHDRAWN)) {
                        throw overdue("nothing was stored");
                    }
                    if (timeoutMs > patienceMs) {
                        throw overdue("it is not known whether it was stored");
                    }
                    timeoutMs = patienceMs * PATIENCE_ONCE_STARTED;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private EvergateException overdue(String consequence) {
        return new EvergateException(
                ErrorCode.STATE_UNUSABLE,
                "The disk of the store has not answered for %d ms: %s; try again"
                        .formatted(patienceMs, consequence));
    }

    /** The same failure with the caller's own stack. */
    private static RuntimeException forCaller(ExecutionException failed) {
        return failed.getCause() instanceof EvergateException e
                ? new EvergateException(e.code(), String.valueOf(e.getMessage()), e)
                : new IllegalStateException("the store failed: " + failed.getCause(), failed);
    }
}
