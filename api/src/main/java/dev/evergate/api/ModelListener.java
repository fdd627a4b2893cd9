package dev.evergate.api;

/**
 * Receives an answer while it streams. Called from the thread that asked, never at the same time.
 */
@FunctionalInterface
public interface ModelListener {
    /** The next piece of visible text; never empty. */
    void text(String delta);
}
