package dev.evergate.server.ws;

/**
 * What a {@link FrameDecoder} has read and not reported: the frames of a message that is not
 * complete, and the bytes behind them. Immutable.
 */
public final class UnreadInput {
    private final Begun begun;
    private final byte[] message;
    private final byte[] bytes;

    /** What kind of message has begun. */
    public enum Begun {
        NOTHING,
        TEXT,
        BINARY
    }

    /**
     * @param message payload of its frames so far; empty if nothing has begun
     * @param bytes that follow, as they came; none of the arrays may change any more
     */
    public UnreadInput(Begun begun, byte[] message, byte[] bytes) {
        this.begun = begun;
        this.message = message;
        this.bytes = bytes;
    }

    public Begun begun() {
        return begun;
    }

    /** Shared: not to be changed. */
    public byte[] message() {
        return message;
    }

    /** Shared: not to be changed. */
    public byte[] bytes() {
        return bytes;
    }
}
