package dev.evergate.server.ws;

/**
 * What a {@link FrameDecoder} reports to. Called on the connection's event loop only; an
 * implementation may close the connection during any call.
 */
public interface FrameSink {
    /**
     * A whole text or binary message.
     *
     * @param payload holds it from index 0
     * @param borrowed whether {@code payload} is valid only during the call
     */
    void message(byte[] payload, int length, boolean borrowed);

    /** A ping; {@code payload} is valid only during the call. */
    void ping(byte[] payload, int length);

    void pong();

    /** The peer's close frame; {@link CloseCode#NONE} if it has no code. Nothing follows. */
    void closed(int code);

    /** The peer broke a rule; nothing follows. */
    void violated(CloseCode code);

    /** Whether a big frame is waiting for room; reading is off meanwhile. */
    void held(boolean waiting);

    /** Bytes have arrived. */
    void heard();

    /** Everything that arrived so far has been reported: the time to flush. */
    void readComplete();

    /** The connection is gone. */
    void gone();
}
