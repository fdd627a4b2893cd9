package dev.evergate.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.nio.charset.StandardCharsets;

/** Client frames, made once and sent many times (RFC 6455 section 5). Stateless. */
final class Frame {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    private static final int PONG = 10;
    private static final int IS_FINAL = 0x80;
    private static final int IS_MASKED = 0x80;

    private Frame() {}

    /** A text frame whose mask is zero, so that making it costs nothing; reading it costs all. */
    static ByteBuf text(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = Unpooled.directBuffer(payload.length + 14);
        out.writeByte(IS_FINAL | TEXT);
        if (payload.length < 126) {
            out.writeByte(IS_MASKED | payload.length);
        } else {
            out.writeByte(IS_MASKED | 126).writeShort(payload.length);
        }
        return Unpooled.unreleasableBuffer(out.writeInt(0).writeBytes(payload));
    }

    static ByteBuf pong() {
        return Unpooled.buffer(6).writeByte(IS_FINAL | PONG).writeByte(IS_MASKED).writeInt(0);
    }

    /** The frame of a request; answers carry {@code id} back. */
    static ByteBuf request(String id, String method, String params) {
        return text(
                "{\"type\":\"req\",\"id\":\"%s\",\"method\":\"%s\",\"params\":%s}"
                        .formatted(id, method, params));
    }
}
