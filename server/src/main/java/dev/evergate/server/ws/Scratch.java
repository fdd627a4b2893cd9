package dev.evergate.server.ws;

/** A buffer that the decoders of one event loop share, because none keeps it between two calls. */
public final class Scratch {
    private static final int SHARED_BYTES = 65_536;

    private final byte[] shared = new byte[SHARED_BYTES];

    boolean fits(int bytes) {
        return bytes <= SHARED_BYTES;
    }

    /** The shared array, or one of exactly this length if that is longer. */
    byte[] take(int bytes) {
        return fits(bytes) ? shared : new byte[bytes];
    }
}
