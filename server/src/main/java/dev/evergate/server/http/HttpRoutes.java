package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.access.Origins;
import dev.evergate.server.access.Peer;
import dev.evergate.server.rpc.Services;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What plain HTTP requests get. Thread-safe; does not wait: what takes long is told later. */
public final class HttpRoutes {
    private static final String BEARER = "Bearer ";
    private static final List<String> METRICS = List.of("/metrics", "/api/diagnostics/prometheus");
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final List<String> PROTECTED =
            List.of("/v1/", "/tools/", "/api/", "/control-ui-config.json", "/answerz", "/metrics");

    private final Services services;
    private final AccessPolicy policy;

    public HttpRoutes(Services services, AccessPolicy policy) {
        this.services = services;
        this.policy = policy;
    }

    /** Answers now or, from another thread, later. */
    void answer(
            String method,
            String path,
            HttpHeaders headers,
            Peer peer,
            Consumer<HttpAnswer> listener) {
        Optional<HttpAnswer> now = immediate(method, path, headers, peer);
        if (now.isPresent()) {
            listener.accept(now.get());
        } else {
            services.world().tasks().start("metrics", () -> listener.accept(metrics()));
        }
    }

    private HttpAnswer metrics() {
        try {
            String text = services.evidence().metrics().get();
            return new HttpAnswer("200 OK", METRICS_TYPE, text, List.of("Cache-Control: no-store"));
        } catch (RuntimeException bug) { // the boundary: whoever waits is told
            return HttpAnswer.error(
                    "500 Internal Server Error", "internal", "The metrics cannot be read: " + bug);
        }
    }

    /** Empty for what takes time: the metrics. */
    private Optional<HttpAnswer> immediate(
            String method, String path, HttpHeaders headers, Peer peer) {
        ConfigSnapshot.Gateway config = services.gateway().config().gateway();
        boolean isForeign =
                peer.origin().isPresent()
                        && !Origins.isAllowed(peer.origin().get(), peer.host(), config);
        if (isForeign) {
            return Optional.of(
                    HttpAnswer.error("403 Forbidden", "forbidden", "Origin not allowed."));
        }
        boolean isReading = method.equals("GET") || method.equals("HEAD");
        if (PROTECTED.stream().anyMatch(path::startsWith)) {
            Optional<HttpAnswer> refusal = refusal(headers, peer, config);
            return refusal.isEmpty() && METRICS.contains(path)
                    ? (isReading ? Optional.empty() : Optional.of(unfitMethod()))
                    : Optional.of(refusal.orElseGet(HttpRoutes::unknown));
        }
        if (!path.equals("/")) {
            return Optional.of(unknown());
        }
        return Optional.of(isReading ? HttpAnswer.text("200 OK", greeting()) : unfitMethod());
    }

    private static HttpAnswer unknown() {
        return HttpAnswer.text("404 Not Found", "Not Found");
    }

    private static HttpAnswer unfitMethod() {
        return HttpAnswer.text("405 Method Not Allowed", "Method Not Allowed")
                .with("Allow: GET, HEAD");
    }

    /** Why a request without the right secret gets nothing; empty for one with it. */
    private Optional<HttpAnswer> refusal(
            HttpHeaders headers, Peer peer, ConfigSnapshot.Gateway config) {
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        String token =
                authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
        return switch (policy.bearer(token, peer, config)) {
            case ACCEPTED -> Optional.empty();
            case REFUSED ->
                    Optional.of(
                            HttpAnswer.error("401 Unauthorized", "unauthorized", "Unauthorized"));
            case LOCKED ->
                    Optional.of(
                            HttpAnswer.error(
                                            "429 Too Many Requests",
                                            "rate_limited",
                                            "Too many failed authentication attempts.")
                                    .with("Retry-After: 300"));
        };
    }

    private String greeting() {
        return """
                This is Evergate %s, and it is running.

                It has no page here yet. Talk to it from a terminal:
                  evergate agent --message "hello"
                  evergate status

                Programs speak gateway protocol 4 on a WebSocket at this address.
                Health: /healthz, /readyz, /startupz
                """
                .formatted(services.identity().version());
    }
}
