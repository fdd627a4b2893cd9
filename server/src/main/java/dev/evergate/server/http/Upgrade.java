package dev.evergate.server.http;

import dev.evergate.server.exchange.HttpAnswer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/** The server's half of the WebSocket opening handshake (RFC 6455 section 4.2). Stateless. */
final class Upgrade {
    private static final String VERSION = "13";
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private Upgrade() {}

    /** Whether a request asks for a WebSocket at all. */
    static boolean isAsked(HttpRequest request) {
        return request.headers()
                .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** What is wrong with it; empty if it can be accepted. */
    static Optional<HttpAnswer> fault(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean isWellFormed =
                request.method().equals(HttpMethod.GET)
                        && headers.containsValue(
                                HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                        && isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""));
        if (!isWellFormed) {
            return Optional.of(
                    HttpAnswer.error(
                            "400 Bad Request",
                            "invalid_request_error",
                            "Malformed WebSocket handshake (RFC 6455 section 4.2.1)."));
        }
        if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            return Optional.of(
                    HttpAnswer.text("426 Upgrade Required", "Upgrade Required")
                            .with("Sec-WebSocket-Version: " + VERSION));
        }
        return Optional.empty();
    }

    /** The answer that accepts. Extensions and subprotocols are not negotiated. */
    static ByteBuf accept(HttpRequest request, ByteBufAllocator allocator) {
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
        ByteBuf out = allocator.ioBuffer(160);
        ByteBufUtil.writeAscii(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + acceptance(key)
                        + "\r\n\r\n");
        return out;
    }

    private static String acceptance(String key) {
        try {
            byte[] text = (key.strip() + MAGIC).getBytes(StandardCharsets.US_ASCII);
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-1", missing);
        }
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
