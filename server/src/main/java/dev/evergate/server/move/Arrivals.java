package dev.evergate.server.move;

/**
 * Connections that have come from another server. Everything that can be wrong with them has been
 * checked; nobody has read from or written to them yet, and until {@link #begin} they are not ours.
 */
public interface Arrivals {
    int size();

    /**
     * Goes on with them: first what was unsent, then what was unread, then what comes. Returns when
     * all have begun, so that nothing handed over later can overtake. Owns the descriptors from now
     * on. Waits for the loops, 5 s at most. To be called once.
     *
     * @throws IllegalStateException if a loop does not answer
     */
    void begin();
}
