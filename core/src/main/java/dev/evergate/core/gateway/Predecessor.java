package dev.evergate.core.gateway;

/**
 * The generation before, which ends the turns that run in it while this one serves. Thread-safe;
 * must not block.
 */
public interface Predecessor {
    /** Asks it to stop a turn; how that turn ends is heard as of any other. */
    void stop(String runId);
}
