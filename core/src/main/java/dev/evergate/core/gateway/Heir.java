package dev.evergate.core.gateway;

/** The generation that has taken over from this one. Thread-safe; must not block. */
public interface Heir {
    /** A message is in the inbox that it may not know of: its turn is to be begun there. */
    void accepted(String runId);
}
