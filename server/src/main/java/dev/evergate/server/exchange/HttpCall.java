package dev.evergate.server.exchange;

/**
 * One request that has been read, to be answered once: either whole or as a stream of events.
 * Thread-safe. Whatever is said after the answer, or to a peer that has gone, is dropped.
 */
public interface HttpCall {
    HttpHead head();

    /** The body. To be asked for by whoever was given the call, before it returns. */
    byte[] body();

    void answer(HttpAnswer answer);

    /**
     * Answers with a stream of events ({@code text/event-stream}).
     *
     * @return tells that the source has more, or is over; does not wait
     */
    Runnable stream(EventSource source);

    /**
     * Runs {@code action}, on a task of its own, if the peer goes before it has the whole answer;
     * not if it is the gateway that ends.
     */
    void whenGone(Runnable action);

    /** Whether the peer has gone, or has been told something. */
    boolean isOver();
}
