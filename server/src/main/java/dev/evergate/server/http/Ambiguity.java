package dev.evergate.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;

import java.util.List;
import java.util.Optional;

/**
 * What two readers of a request could understand in two ways, beyond what the codec refuses itself:
 * whoever stands in front of the gateway must see the same request as the gateway (RFC 9112
 * sections 3.2 and 6.1). Stateless.
 */
final class Ambiguity {
    private Ambiguity() {}

    /** What is wrong with a request, for its sender; empty if nothing is. */
    static Optional<String> in(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            return Optional.of("more than one Host");
        }
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty() && !encodings.getFirst().equalsIgnoreCase("chunked")) {
            return Optional.of("a Transfer-Encoding other than chunked");
        }
        if (!encodings.isEmpty() && !request.protocolVersion().isKeepAliveDefault()) {
            return Optional.of("a Transfer-Encoding, which HTTP/1.0 does not know");
        }
        if (headers.getAll(HttpHeaderNames.ORIGIN).size() > 1) {
            return Optional.of("more than one Origin");
        }
        if (hasBody(request) && Upgrade.isAsked(request)) {
            return Optional.of("a WebSocket handshake with a body");
        }
        return Optional.empty();
    }

    /** Whether something follows the head. */
    static boolean hasBody(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
    }
}
