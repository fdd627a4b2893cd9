package dev.evergate.core.time;

/** Runs what waits: each task on a virtual thread of its own. Thread-safe. */
public interface Tasks {
    /**
     * Starts {@code body}; a throwable that leaves it goes to the fault handler. {@code name}
     * appears in thread dumps.
     */
    void start(String name, Runnable body);
}
