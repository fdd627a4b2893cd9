package dev.evergate.server.exchange;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.access.ProxyWord;
import dev.evergate.server.access.Scope;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.audit.Actors;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.audit.Scribe;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Says who gets in over plain HTTP. Thread-safe; does not wait, unless it says so.
 *
 * <p>Whoever holds the gateway's secret may do everything; the header {@code x-openclaw-scopes}
 * gives up a part of that for one request, and never adds to it.
 */
public final class Gatekeeper {
    private static final String HTTP = "http request";
    private static final HttpAnswer UNAUTHORIZED =
            HttpAnswer.error("401 Unauthorized", "unauthorized", "Unauthorized");
    private static final HttpAnswer UNAUTHORIZED_TEXT =
            HttpAnswer.text("401 Unauthorized", "Unauthorized");
    private static final HttpAnswer OTHER_PAGE =
            HttpAnswer.error("403 Forbidden", "forbidden", "Origin not allowed.");
    private static final HttpAnswer LOCKED =
            HttpAnswer.error(
                    "429 Too Many Requests",
                    "rate_limited",
                    "Too many failed authentication attempts.");

    private final AccessPolicy policy;
    private final Scribe scribe;

    /**
     * @param scribe is told who was refused
     */
    public Gatekeeper(AccessPolicy policy, Scribe scribe) {
        this.policy = policy;
        this.scribe = scribe;
    }

    /** A request that has shown the gateway's secret. */
    public Admission admitted(
            HttpHead head, int bodyBytesMax, Auditing auditing, Consumer<HttpCall> work) {
        String by = policy.method(head.peer(), head.gateway().config().gateway());
        return new Admission.Admitted(bodyBytesMax, by, auditing, work);
    }

    /** Why a request gets nothing; empty if it holds the gateway's secret and this scope. */
    public Optional<HttpAnswer> refusal(HttpHead head, Scope needed) {
        AccessPolicy.Bearer bearer =
                policy.bearer(head.bearer(), head.peer(), head.gateway().config().gateway());
        return byPolicy(bearer, head, head.bearer(), UNAUTHORIZED)
                .or(() -> elsewhere(head))
                .or(() -> missing(head, needed));
    }

    /** Who needs no secret must not come because a page elsewhere wanted that. */
    private Optional<HttpAnswer> elsewhere(HttpHead head) {
        boolean isOfOtherPage =
                head.header("sec-fetch-site")
                                .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                                .isPresent()
                        && head.peer().origin().isEmpty();
        return isOfOtherPage && policy.isAmbient(head.peer(), head.gateway().config().gateway())
                ? Optional.of(refused(head, OTHER_PAGE, "forbidden"))
                : Optional.empty();
    }

    /** By what a request was let in. */
    public Warrant warrant(HttpHead head) {
        return policy.warrant(head.bearer(), head.peer(), head.gateway().config().gateway());
    }

    /** Why a request that was let in may not do this as well; empty if it may. */
    public Optional<HttpAnswer> missing(HttpHead head, Scope needed) {
        return holds(head, needed) ? Optional.empty() : Optional.of(lacking(head, needed));
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
                            ? lacking(head, needed)
                            : refused( // at once: it would keep its place from others
                                    head, UNAUTHORIZED, "unauthorized"));
        }
    }

    /** The same for a secret of its own, which comes with every scope; refused in plain text. */
    public Optional<HttpAnswer> refusal(HttpHead head, String offered, Secret wanted) {
        AccessPolicy.Bearer bearer = policy.secret(offered, head.peer(), wanted);
        return byPolicy(bearer, head, offered, UNAUTHORIZED_TEXT);
    }

    /**
     * Whether a request that was let in has kept this scope. A header that is there twice gives up
     * what either does, or a proxy that adds one could be outbid; a blank one gives up everything.
     */
    public boolean holds(HttpHead head, Scope needed) {
        return head.headers(ProxyWord.SCOPES).stream()
                .allMatch(header -> Scope.reaches(names(header), needed));
    }

    private static List<String> names(String header) {
        return Stream.of(header.split(",")).map(String::strip).toList();
    }

    private HttpAnswer lacking(HttpHead head, Scope needed) {
        return refused(head, missing(needed), "MISSING_SCOPE");
    }

    private HttpAnswer refused(HttpHead head, HttpAnswer answer, String why) {
        scribe.refused(Actors.stranger(head.peer()), new Act(HTTP, "", "", ""), why);
        return answer;
    }

    private Optional<HttpAnswer> byPolicy(
            AccessPolicy.Bearer bearer, HttpHead head, String offered, HttpAnswer unauthorized) {
        return switch (bearer) {
            case ACCEPTED -> Optional.empty();
            case REFUSED -> {
                HttpAnswer told =
                        offered.isEmpty()
                                ? unauthorized
                                : unauthorized.after(policy.delayMs(head.peer()));
                yield Optional.of(refused(head, told, "unauthorized"));
            }
            case LOCKED -> {
                long ms = head.gateway().config().gateway().auth().rateLimit().lockoutMs();
                HttpAnswer later = LOCKED.with("Retry-After: " + Math.ceilDiv(ms, 1000));
                yield Optional.of(refused(head, later, "rate_limited"));
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
