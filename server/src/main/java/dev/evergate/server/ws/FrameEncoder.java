package dev.evergate.server.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes server frames: never masked, never fragmented (RFC 6455 section 5.2). Stateless. */
public final class FrameEncoder {
    /** The longest header this writes, in bytes. */
    public static final int HEADER_BYTES_MAX = 10;

    /** The longest reason a close frame can carry, in bytes of UTF-8. */
    public static final int REASON_BYTES_MAX = 123;

    private FrameEncoder() {}

    /** Bytes of the header of a frame with this payload. */
    public static int headerBytes(int payloadBytes) {
        return payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : HEADER_BYTES_MAX;
    }

    /** Writes the header of a text frame; exactly {@code payloadBytes} must follow. */
    public static void textHeader(ByteBuf out, int payloadBytes) {
        out.writeByte(0x80 | Opcode.TEXT);
        if (payloadBytes < 126) {
            out.writeByte(payloadBytes);
        } else if (payloadBytes < 65_536) {
            out.writeByte(126).writeShort(payloadBytes);
        } else {
            out.writeByte(127).writeLong(payloadBytes);
        }
    }

    /** A text frame around {@code payload}. */
    public static ByteBuf text(ByteBufAllocator allocator, byte[] payload) {
        ByteBuf out = allocator.ioBuffer(headerBytes(payload.length) + payload.length);
        textHeader(out, payload.length);
        return out.writeBytes(payload);
    }

    /** A ping without payload. */
    public static ByteBuf ping(ByteBufAllocator allocator) {
        return allocator.ioBuffer(2).writeByte(0x80 | Opcode.PING).writeByte(0);
    }

    /** The answer to a ping; {@code payload} is at most 125 bytes and is not consumed. */
    public static ByteBuf pong(ByteBufAllocator allocator, byte[] payload, int length) {
        return allocator
                .ioBuffer(2 + length)
                .writeByte(0x80 | Opcode.PONG)
                .writeByte(length)
                .writeBytes(payload, 0, length);
    }

    /** A close frame; a reason that is too long is cut at a character. */
    public static ByteBuf close(ByteBufAllocator allocator, CloseCode code, String reason) {
        byte[] text = cut(reason);
        return allocator
                .ioBuffer(4 + text.length)
                .writeByte(0x80 | Opcode.CLOSE)
                .writeByte(2 + text.length)
                .writeShort(code.value())
                .writeBytes(text);
    }

    private static byte[] cut(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        if (text.length <= REASON_BYTES_MAX) {
            return text;
        }
        int end = REASON_BYTES_MAX;
        while ((text[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(text, end);
    }
}
