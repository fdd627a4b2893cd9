package dev.evergate.server.exchange;

import dev.evergate.api.Secret;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.access.Scope;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Says who gets in over plain HTTP. Thread-safe; does not wait, unless it says so.
 *
 * <p>Whoever holds the gateway's secret may do everything; the header {@code x-openclaw-scopes}
 * gives up a part of that for one request.
 */
public final class Gatekeeper {
    private static final String SCOPES = "x-openclaw-scopes";
    private static final HttpAnswer UNAUTHORIZED =
            HttpAnswer.error("401 Unauthorized", "unauthorized", "Unauthorized");
    private static final HttpAnswer UNAUTHORIZED_TEXT =
            HttpAnswer.text("401 Unauthorized", "Unauthorized");
    private static final HttpAnswer LOCKED =
            HttpAnswer.error(
                    "429 Too Many Requests",
                    "rate_limited",
                    "Too many failed authentication attempts.");

    private final AccessPolicy policy;

    public Gatekeeper(AccessPolicy policy) {
        this.policy = policy;
    }

    /** Why a request gets nothing; empty if it holds the gateway's secret and this scope. */
    public Optional<HttpAnswer> refusal(HttpHead head, Scope needed) {
        AccessPolicy.Bearer bearer =
                policy.bearer(head.bearer(), head.peer(), head.gateway().config().gateway());
        return byPolicy(bearer, head, head.bearer(), UNAUTHORIZED).or(() -> missing(head, needed));
    }

    /** Why a request that was let in may not do this as well; empty if it may. */
    public Optional<HttpAnswer> missing(HttpHead head, Scope needed) {
        return holds(head, needed) ? Optional.empty() : Optional.of(missing(needed));
    }

    /**
     * What becomes of a request without a body that a device may make as well, by its own token:
     * whether it has one is found out on a task, because the store has to be asked.
     */
    public Admission reading(HttpHead head, Scope needed, Consumer<HttpCall> work) {
        if (policy.mayBeDevice(head.bearer(), head.peer(), head.gateway().config().gateway())) {
            return Admission.readingByAll(call -> byDevice(call, needed, work));
        }
        return refusal(head, needed)
                .<Admission>map(Admission.Answered::new)
                .orElseGet(() -> Admission.reading(work));
    }

    private void byDevice(HttpCall call, Scope needed, Consumer<HttpCall> work) {
        HttpHead head = call.head();
        Optional<List<String>> scopes = policy.device(head.bearer(), head.peer());
        boolean isAllowed =
                scopes.filter(names -> Scope.reaches(names, needed)).isPresent()
                        && holds(head, needed);
        if (isAllowed) {
            work.accept(call);
        } else {
            call.answer(
                    scopes.isPresent()
                            ? missing(needed)
                            : UNAUTHORIZED); // at once: it would keep its place from others
        }
    }

    /** The same for a secret of its own, which comes with every scope; refused in plain text. */
    public Optional<HttpAnswer> refusal(HttpHead head, String offered, Secret wanted) {
        AccessPolicy.Bearer bearer = policy.secret(offered, head.peer(), wanted);
        return byPolicy(bearer, head, offered, UNAUTHORIZED_TEXT);
    }

    /** Whether a request that was let in has kept this scope. */
    public boolean holds(HttpHead head, Scope needed) {
        return head.header(SCOPES).map(Gatekeeper::names).stream()
                .allMatch(names -> Scope.reaches(names, needed));
    }

    private static List<String> names(String header) {
        return Stream.of(header.split(",")).map(String::strip).toList();
    }

    private Optional<HttpAnswer> byPolicy(
            AccessPolicy.Bearer bearer, HttpHead head, String offered, HttpAnswer unauthorized) {
        return switch (bearer) {
            case ACCEPTED -> Optional.empty();
            case REFUSED ->
                    Optional.of(
                            offered.isEmpty()
                                    ? unauthorized
                                    : unauthorized.after(policy.delayMs(head.peer())));
            case LOCKED -> {
                long ms = head.gateway().config().gateway().auth().rateLimit().lockoutMs();
                yield Optional.of(LOCKED.with("Retry-After: " + Math.ceilDiv(ms, 1000)));
            }
        };
    }

    private static HttpAnswer missing(Scope needed) {
        String name = needed.wireName();
        return HttpAnswer.json(
                "403 Forbidden",
                """
                {"error":{"message":"missing scope: %s","type":"forbidden",\
                "details":{"code":"MISSING_SCOPE","missingScope":"%s","requiredScopes":["%s"]}}}"""
                        .formatted(name, name, name));
    }
}
