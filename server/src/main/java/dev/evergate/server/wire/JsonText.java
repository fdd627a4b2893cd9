package dev.evergate.server.wire;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stretch of UTF-8 bytes that is one JSON value, or empty. Shares its array with whoever made it;
 * {@link #detached} does not.
 */
public final class JsonText {
    /** No value. */
    public static final JsonText EMPTY = new JsonText(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int start;
    private final int end;

    JsonText(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    /** All of {@code bytes}, which must not change any more. */
    public static JsonText of(byte[] bytes) {
        return new JsonText(bytes, 0, bytes.length);
    }

    public int length() {
        return end - start;
    }

    public boolean isEmpty() {
        return start == end;
    }

    /** The same in an array of its own. */
    public JsonText detached() {
        return of(Arrays.copyOfRange(bytes, start, end));
    }

    /** Writes the bytes. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes, start, length());
    }

    /** The bytes; shared if there is nothing else in their array. */
    public byte[] bytes() {
        return length() == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
    }

    byte[] array() {
        return bytes;
    }

    int start() {
        return start;
    }

    @Override
    public String toString() {
        return new String(bytes, start, length(), StandardCharsets.UTF_8);
    }
}
