package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.Origins;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.Proxies;
import dev.evergate.server.access.Scope;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.ui.Pages;

import java.util.List;
import java.util.Optional;

/** What plain HTTP requests get. Thread-safe; does not wait. */
public final class HttpRoutes {
    private static final List<String> METRICS = List.of("/metrics", "/api/diagnostics/prometheus");
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String READING = "GET, HEAD";
    private static final List<String> PROTECTED =
            List.of("/v1/", "/tools/", "/api/diagnostics/", "/answerz", "/metrics");

    /** Nobody knows who is behind a proxy that is not declared. */
    private static final HttpAnswer UNATTRIBUTED =
            HttpAnswer.error(
                    "403 Forbidden",
                    "ingress_attribution_required",
                    "This request was forwarded by a proxy that is not declared. Add its address:"
                            + " evergate config set gateway.trustedProxies '[\"ADDRESS\"]'");

    private final Services services;
    private final Gatekeeper keeper;
    private final List<Route> routes;
    private final Pages pages;

    /**
     * @param routes asked in this order before the gateway's own pages
     */
    public HttpRoutes(Services services, Gatekeeper keeper, List<Route> routes) {
        this.services = services;
        this.keeper = keeper;
        this.routes = List.copyOf(routes);
        this.pages = new Pages(services, keeper);
    }

    /** What becomes of a request whose head has been read. */
    Admission admit(HttpHead head) {
        ConfigSnapshot.Gateway config = head.gateway().config().gateway();
        Peer peer = head.peer();
        if (peer.isForwarded() && !Proxies.contain(config.trustedProxies(), peer.address())) {
            return answered(UNATTRIBUTED);
        }
        boolean isForeign =
                peer.origin().isPresent()
                        && !Origins.isAllowed(peer.origin().get(), peer.host(), config);
        if (isForeign) {
            return answered(HttpAnswer.error("403 Forbidden", "forbidden", "Origin not allowed."));
        }
        Optional<HttpAnswer> exposed =
                isHook(head) ? Optional.empty() : UrlSecrets.refusal(head.query());
        if (exposed.isPresent()) {
            return answered(exposed.get());
        }
        for (Route route : routes) {
            Optional<Admission> admission = route.admit(head);
            if (admission.isPresent()) {
                return admission.get();
            }
        }
        return PROTECTED.stream().anyMatch(head.path()::startsWith)
                ? guarded(head)
                : pages.admit(head);
    }

    /** Those refuse it in words of their own. */
    private static boolean isHook(HttpHead head) {
        ConfigSnapshot.Hooks hooks = head.gateway().config().gateway().http().hooks();
        return hooks.isEnabled() && head.path().startsWith(hooks.path());
    }

    /** By what a request was admitted. */
    Warrant warrant(HttpHead head) {
        return keeper.warrant(head);
    }

    private Admission guarded(HttpHead head) {
        Optional<HttpAnswer> refusal = keeper.refusal(head, Scope.READ);
        if (refusal.isPresent()) {
            return answered(refusal.get());
        }
        if (!METRICS.contains(head.path())) {
            return answered(HttpAnswer.notFound());
        }
        return head.isGetOrHead()
                ? Admission.reading(this::metrics)
                : answered(HttpAnswer.unfitMethod(READING));
    }

    private static Admission answered(HttpAnswer answer) {
        return new Admission.Answered(answer);
    }

    private void metrics(HttpCall call) {
        String text = services.evidence().metrics().get();
        call.answer(
                new HttpAnswer("200 OK", METRICS_TYPE, text, List.of("Cache-Control: no-store")));
    }
}
