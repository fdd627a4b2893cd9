package dev.evergate.core.gateway;

/** The generation that has taken over from this one. Thread-safe. */
public interface Heir {
    /**
     * A message is in the inbox that it may not know of: its turn is to be begun there. May block
     * for a moment.
     */
    void accepted(String runId);
}
