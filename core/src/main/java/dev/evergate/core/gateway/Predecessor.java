package dev.evergate.core.gateway;

/**
 * The generation before, which ends the turns that run in it while this one serves. Thread-safe.
 */
public interface Predecessor {
    /**
     * Asks it to stop a turn; how that turn ends is heard as of any other. May block for a moment.
     */
    void stop(String runId);
}
