package dev.evergate.server.exchange;

import java.util.Optional;

/**
 * What a stream of events has to say. It is asked only when the peer can take more, so that a slow
 * reader costs no memory: what has gathered meanwhile comes in one piece.
 *
 * <p>Called on an event loop: must not wait.
 */
public interface EventSource {
    /** The next events, in the format of {@code text/event-stream}; empty if there are none now. */
    Optional<String> next();

    /** Whether none will follow; asked after {@link #next} was empty. */
    boolean isOver();

    /** The last events when the gateway ends first. */
    String farewell();
}
