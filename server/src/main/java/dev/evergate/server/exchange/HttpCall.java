package dev.evergate.server.exchange;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

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
     * Answers with a body that is read as the peer takes it, so that it may be long; without it for
     * HEAD. Waits until the peer has taken all of it or has gone: only for the task that was given
     * the call.
     *
     * @param head its body is not looked at
     * @param bytes length of the body
     * @throws IOException if the body cannot be read; the connection has ended then
     */
    void transfer(HttpAnswer head, long bytes, ReadableByteChannel body) throws IOException;

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
