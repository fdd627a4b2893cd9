package dev.evergate.api;

/** Tells long work that nobody wants its result any more. Thread-safe. */
public interface CancelSignal {
    /** Whether the work should stop. Once true it stays true. */
    boolean isCancelled();

    /**
     * Runs {@code action} once when cancellation comes, at once if it has come already; closing the
     * result takes the action back. The action must be quick (close a connection) and must not
     * throw.
     */
    Registration onCancel(Runnable action);

    /** An action waiting for a signal. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
