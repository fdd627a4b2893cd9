package dev.evergate.server.exchange;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.access.Peer;

import io.netty.handler.codec.http.HttpHeaders;

import java.util.List;
import java.util.Optional;

/**
 * The head of a request.
 *
 * @param path as it came, without the query
 * @param query what stands behind the question mark, as it came; empty if there is none
 * @param gateway under the one configuration this request sees from its start to its end
 */
public record HttpHead(
        String method, String path, String query, HttpHeaders headers, Peer peer, Gateway gateway) {
    private static final String BEARER = "bearer ";

    /** A header's value without blank around it; empty if it is missing or blank. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    /** Every value of a header, in their order, each with the blank around it. */
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    /** The value of {@code x-evergate-<name>}, else of {@code x-openclaw-<name>}. */
    public Optional<String> either(String name) {
        return header("x-evergate-" + name).or(() -> header("x-openclaw-" + name));
    }

    /** The secret of {@code Authorization: Bearer}; empty without one. */
    public String bearer() {
        return header("authorization")
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .orElse("");
    }

    public boolean isGetOrHead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    public boolean isPost() {
        return method.equals("POST");
    }
}
