package dev.evergate.server.exchange;

import dev.evergate.core.fault.EvergateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

import tools.jackson.core.io.JsonStringEncoder;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * A whole HTTP answer; the connection ends with it.
 *
 * @param status such as {@code 404 Not Found}
 * @param type of the body
 * @param headers further ones, as whole lines
 * @param delayMs how long it is kept back, so that nobody asks on and on; only where it is the
 *     answer to a head
 */
public record HttpAnswer(
        String status, String type, String body, List<String> headers, long delayMs) {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String UNCHANGED = "304 Not Modified";
    private static final String NO_STORE = "Cache-Control: no-store";
    private static final String POLICY = "Content-Security-Policy: ";

    /** What a browser may make of an answer that is no page: nothing (S11). */
    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public HttpAnswer {
        headers = List.copyOf(headers);
    }

    /** One that is given at once. */
    public HttpAnswer(String status, String type, String body, List<String> headers) {
        this(status, type, body, headers, 0);
    }

    public static HttpAnswer json(String status, String body) {
        return new HttpAnswer(status, JSON, body, List.of(NO_STORE));
    }

    /** JSON as it was encoded. */
    public static HttpAnswer json(String status, byte[] body) {
        return json(status, new String(body, StandardCharsets.UTF_8));
    }

    public static HttpAnswer text(String status, String body) {
        return new HttpAnswer(status, TEXT, body, List.of(NO_STORE));
    }

    /** An error in the shape API clients know. */
    public static HttpAnswer error(String status, String type, String message) {
        return json(status, errorBody(type, message));
    }

    /** The error alone, as one JSON object. */
    public static String errorBody(String type, String message) {
        return "{\"error\":{\"message\":\"" + quoted(message) + "\",\"type\":\"" + type + "\"}}";
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
    }

    /** What the caller did wrong. */
    public static HttpAnswer invalid(String message) {
        return error("400 Bad Request", "invalid_request_error", message);
    }

    public static HttpAnswer notFound() {
        return text("404 Not Found", "Not Found");
    }

    /**
     * @param allowed what would be right, as the header {@code Allow} lists it
     */
    public static HttpAnswer unfitMethod(String allowed) {
        return text("405 Method Not Allowed", "Method Not Allowed").with("Allow: " + allowed);
    }

    /** Not now, but after some seconds. */
    public static HttpAnswer tryAgain(String message, int afterSeconds) {
        return error("503 Service Unavailable", "unavailable", message)
                .with("Retry-After: " + afterSeconds);
    }

    /** What an operating error of the gateway is over HTTP. */
    public static HttpAnswer of(EvergateException error) {
        String message = String.valueOf(error.getMessage());
        return switch (error.code()) {
            case INVALID_REQUEST, CONFIG_REFUSED -> invalid(message);
            case NOT_FOUND -> error("404 Not Found", "not_found", message);
            case FORBIDDEN -> error("403 Forbidden", "forbidden", message);
            case UNAVAILABLE, STATE_UNUSABLE, FENCED -> tryAgain(message, 1);
            case STORE_DAMAGED, ADDRESS_IN_USE, ALREADY_RUNNING, INTERNAL ->
                    error("500 Internal Server Error", "api_error", message);
        };
    }

    /** The same with one more header line. */
    public HttpAnswer with(String header) {
        List<String> more = Stream.concat(headers.stream(), Stream.of(header)).toList();
        return new HttpAnswer(status, type, body, more, delayMs);
    }

    /** The same, kept back for a while. */
    public HttpAnswer after(long ms) {
        return new HttpAnswer(status, type, body, headers, ms);
    }

    /** The same as a page, which may load and do what this content security policy says. */
    public HttpAnswer withPolicy(String policy) {
        return with(POLICY + policy);
    }

    /** The same head with a body. */
    public HttpAnswer withBody(String text) {
        return new HttpAnswer(status, type, text, headers);
    }

    /** In its place, for who has it already. */
    public HttpAnswer unchanged() {
        return new HttpAnswer(UNCHANGED, type, "", headers);
    }

    /** The bytes; without the body for HEAD. */
    public ByteBuf encode(ByteBufAllocator allocator, boolean isHead) {
        if (status.equals(UNCHANGED)) {
            return head(allocator, 0); // a length would be that of the answer it stands for
        }
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = with("Content-Length: " + content.length).head(allocator, content.length);
        return isHead ? out : out.writeBytes(content);
    }

    /**
     * The head alone, of an answer whose body follows bit by bit.
     *
     * @param isChunked how the end of the body is told; else the connection ends with it (HTTP/1.0)
     */
    public ByteBuf encodeHead(ByteBufAllocator allocator, boolean isChunked) {
        HttpAnswer framed = isChunked ? with("Transfer-Encoding: chunked") : this;
        return framed.head(allocator, 0);
    }

    /** The head alone, of an answer whose body follows and has that many bytes. */
    public ByteBuf encodeHead(ByteBufAllocator allocator, long bodyBytes) {
        return with("Content-Length: " + bodyBytes).head(allocator, 0);
    }

    private ByteBuf head(ByteBufAllocator allocator, int bodyBytes) {
        StringBuilder head = new StringBuilder(800);
        head.append("HTTP/1.1 ").append(status).append("\r\n");
        head.append("Content-Type: ").append(type).append("\r\n");
        head.append("X-Content-Type-Options: nosniff\r\n");
        head.append("X-Frame-Options: DENY\r\n");
        head.append("Referrer-Policy: no-referrer\r\n");
        head.append("Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n");
        head.append("Cross-Origin-Opener-Policy: same-origin\r\n");
        head.append("Cross-Origin-Resource-Policy: same-origin\r\n");
        if (headers.stream().noneMatch(line -> line.startsWith(POLICY))) {
            head.append(POLICY).append(NOTHING).append("\r\n");
        }
        headers.forEach(line -> head.append(line).append("\r\n"));
        head.append("Connection: close\r\n\r\n");
        ByteBuf out = allocator.ioBuffer(head.length() + bodyBytes);
        ByteBufUtil.writeAscii(out, head);
        return out;
    }
}
