package dev.evergate.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A whole HTTP answer; the connection ends with it.
 *
 * @param status such as {@code 404 Not Found}
 * @param type of the body
 * @param headers further ones, as whole lines
 */
record HttpAnswer(String status, String type, String body, List<String> headers) {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";

    HttpAnswer {
        headers = List.copyOf(headers);
    }

    static HttpAnswer json(String status, String body) {
        return new HttpAnswer(status, JSON, body, List.of("Cache-Control: no-store"));
    }

    static HttpAnswer text(String status, String body) {
        return new HttpAnswer(status, TEXT, body, List.of("Cache-Control: no-store"));
    }

    /** An error in the shape API clients know. */
    static HttpAnswer error(String status, String type, String message) {
        return json(
                status,
                "{\"error\":{\"message\":\""
                        + message.replace("\\", "\\\\").replace("\"", "\\\"")
                        + "\",\"type\":\""
                        + type
                        + "\"}}");
    }

    HttpAnswer with(String header) {
        return new HttpAnswer(
                status,
                type,
                body,
                java.util.stream.Stream.concat(headers.stream(), java.util.stream.Stream.of(header))
                        .toList());
    }

    /** The bytes; without the body for HEAD. */
    ByteBuf encode(ByteBufAllocator allocator, boolean isHead) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(400);
        head.append("HTTP/1.1 ").append(status).append("\r\n");
        head.append("Content-Type: ").append(type).append("\r\n");
        head.append("Content-Length: ").append(content.length).append("\r\n");
        head.append("X-Content-Type-Options: nosniff\r\n");
        head.append("X-Frame-Options: DENY\r\n");
        head.append("Referrer-Policy: no-referrer\r\n");
        head.append("Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n");
        headers.forEach(line -> head.append(line).append("\r\n"));
        head.append("Connection: close\r\n\r\n");
        ByteBuf out = allocator.ioBuffer(head.length() + content.length);
        ByteBufUtil.writeAscii(out, head);
        return isHead ? out : out.writeBytes(content);
    }
}
