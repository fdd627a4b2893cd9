package dev.evergate.server.hooks;

import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.core.config.HookSignature;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;

import io.netty.handler.codec.http.QueryStringDecoder;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code POST /hooks/wake}, {@code /hooks/agent} and {@code /hooks/<name>}: other services tell the
 * agent something, with a secret of their own: the hooks' token, or, where a mapping has one, a
 * signature over the body (S12). Answered when it is durable.
 */
public final class HooksRoute implements Route {
    private static final List<String> TOKENS = List.of("x-evergate-token", "x-openclaw-token");
    private static final List<String> KEYS =
            List.of("idempotency-key", "x-evergate-idempotency-key", "x-openclaw-idempotency-key");
    private static final int KEY_CHARS_MAX = 200;

    /** The secret that callers show, as the audit log calls it. */
    private static final String SECRET = "hook-token";

    private static final String TOKEN_IN_QUERY =
            "Hook token must be provided via Authorization: Bearer <token> or X-OpenClaw-Token header"
                    + " (query parameters are not allowed).";

    private static final String UNDELIVERED =
            "This release has no channels: the answer stays in its conversation.";

    private final Services services;
    private final Gatekeeper keeper;

    public HooksRoute(Services services, Gatekeeper keeper) {
        this.services = services;
        this.keeper = keeper;
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        Hooks hooks = head.gateway().config().gateway().http().hooks();
        boolean isOurs =
                hooks.isEnabled()
                        && (head.path().equals(hooks.path())
                                || head.path().startsWith(hooks.path() + "/"));
        return isOurs ? Optional.of(admit(head, hooks)) : Optional.empty();
    }

    private Admission admit(HttpHead head, Hooks hooks) {
        return refusal(head, hooks)
                .<Admission>map(Admission.Answered::new)
                .orElseGet(
                        () ->
                                new Admission.Admitted(
                                        hooks.bodyBytesMax(),
                                        SECRET,
                                        Auditing.COUNTED,
                                        call -> receive(call, hooks)));
    }

    private Optional<HttpAnswer> refusal(HttpHead head, Hooks hooks) {
        if (hasToken(head.query())) {
            return Optional.of(HttpAnswer.text("400 Bad Request", TOKEN_IN_QUERY));
        }
        if (!head.isPost()) {
            return Optional.of(HttpAnswer.unfitMethod("POST"));
        }
        if (signature(name(head, hooks), hooks).isPresent()) {
            return Optional.empty(); // proven by the body, which is not there yet
        }
        String offered =
                Optional.of(head.bearer())
                        .filter(token -> !token.isEmpty())
                        .or(() -> first(head, TOKENS))
                        .orElse("");
        return keeper.refusal(head, offered, hooks.token());
    }

    private static String name(HttpHead head, Hooks hooks) {
        return head.path().substring(hooks.path().length()).replaceAll("^/+|/+$", "");
    }

    /** What proves everything that comes to this address; empty if the token does. */
    private static Optional<HookSignature> signature(String name, Hooks hooks) {
        return isBuiltIn(name)
                ? Optional.empty()
                : hooks.mappings().stream()
                        .map(HookMapping::match)
                        .filter(match -> path(match).equals(name))
                        .flatMap(match -> match.signature().stream())
                        .findFirst();
    }

    private static boolean isBuiltIn(String name) {
        return name.isEmpty() || name.equals("wake") || name.equals("agent");
    }

    private static String path(HookMapping.Match match) {
        return match.path().replaceAll("^/+|/+$", "");
    }

    private static boolean hasToken(String query) {
        try {
            return new QueryStringDecoder(query, false).parameters().containsKey("token");
        } catch (IllegalArgumentException malformed) {
            return true; // nobody knows what it hides
        }
    }

    private static Optional<String> first(HttpHead head, List<String> headers) {
        return headers.stream().flatMap(name -> head.header(name).stream()).findFirst();
    }

    private void receive(HttpCall call, Hooks hooks) {
        String name = name(call.head(), hooks);
        byte[] body = call.body();
        try {
            long now = services.world().time().wallMillis() / 1_000;
            Optional<Seal> seal =
                    signature(name, hooks).map(wanted -> Seal.of(wanted, call.head(), body, now));
            Optional<HttpAnswer> refusal = seal.flatMap(given -> refusal(given, call.head(), now));
            call.answer(refusal.orElseGet(() -> answer(name, body, seal, call.head(), hooks)));
        } catch (EvergateException e) {
            if (e.code() != ErrorCode.INVALID_REQUEST) {
                throw e;
            }
            call.answer(refused("400 Bad Request", String.valueOf(e.getMessage())));
        }
    }

    /** Before anybody looks at the content. */
    private Optional<HttpAnswer> refusal(Seal seal, HttpHead head, long nowSeconds) {
        Optional<HttpAnswer> refusal = keeper.refusal(head, seal.offered(), seal.wanted());
        if (refusal.isEmpty() && !seal.isTimely(nowSeconds)) {
            return Optional.of(
                    refused(
                            "400 Bad Request",
                            "webhook-timestamp is %d s away from this computer's clock (expected: at most %d)"
                                    .formatted(
                                            Math.abs(nowSeconds - seal.sentSeconds()),
                                            Seal.SECONDS_MAX)));
        }
        return refusal;
    }

    /**
     * @param seal what proved the request; empty if the token did
     */
    private HttpAnswer answer(
            String name, byte[] body, Optional<Seal> seal, HttpHead head, Hooks hooks) {
        JsonNode payload = payload(body);
        Optional<HookAction> action = action(name, payload, head, hooks);
        // Of what is signed, a key beside the signature would let anybody send it again.
        String key = seal.map(Seal::key).orElseGet(() -> key(head, payload));
        String whole = key.isEmpty() ? "" : name + "_" + checked(key);
        return action.map(wanted -> carryOut(wanted, whole, head.gateway(), hooks))
                .orElseGet(HttpAnswer::notFound);
    }

    private static String key(HttpHead head, JsonNode payload) {
        return first(head, KEYS)
                .orElseGet(() -> payload.path("idempotencyKey").asString("").strip());
    }

    private JsonNode payload(byte[] body) {
        try {
            byte[] text = body.length == 0 ? new byte[] {'{', '}'} : body;
            JsonNode payload = services.json().parse(JsonText.of(text));
            if (!payload.isObject()) {
                throw HookAction.invalid("the payload is not a JSON object");
            }
            return payload;
        } catch (JacksonException malformed) {
            throw HookAction.invalid("the payload is not JSON: " + malformed.getOriginalMessage());
        }
    }

    private static String checked(String key) {
        if (key.length() > KEY_CHARS_MAX) {
            throw HookAction.invalid(
                    "Idempotency-Key has %d characters (expected: at most %d)"
                            .formatted(key.length(), KEY_CHARS_MAX));
        }
        return key;
    }

    /** Empty if no hook has that name. */
    private Optional<HookAction> action(String name, JsonNode payload, HttpHead head, Hooks hooks) {
        if (name.equals("wake")) {
            return Optional.of(HookAction.wake(payload));
        }
        if (name.equals("agent")) {
            return Optional.of(HookAction.ask(payload, hooks.sessionKeys()));
        }
        var values = new Template.Values(payload, head, name, services.world().time().wallMillis());
        Optional<HookSignature> proven = signature(name, hooks);
        return hooks.mappings().stream()
                .filter(mapping -> !name.isEmpty() && fits(mapping, name, payload))
                .findFirst()
                .filter(mapping -> isProven(mapping.match(), proven))
                .map(mapping -> HookAction.mapped(mapping, values));
    }

    /** One address has one signature: what wants another cannot be reached there. */
    private static boolean isProven(HookMapping.Match match, Optional<HookSignature> proven) {
        return match.signature().isEmpty() || match.signature().equals(proven);
    }

    private static boolean fits(HookMapping mapping, String name, JsonNode payload) {
        HookMapping.Match match = mapping.match();
        String path = path(match);
        return (path.isEmpty() || path.equals(name))
                && (match.source().isEmpty()
                        || match.source().equals(payload.path("source").asString("")));
    }

    private HttpAnswer carryOut(HookAction action, String key, Gateway gateway, Hooks hooks) {
        return switch (action) {
            case HookAction.Wake wake -> wake(wake, key, gateway);
            case HookAction.Ask ask -> ask(ask, key, gateway, hooks);
        };
    }

    private HttpAnswer wake(HookAction.Wake wake, String key, Gateway gateway) {
        gateway.systemEvent(wake.text(), runId(key));
        return ok(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("mode", wake.mode());
                    out.writeStringProperty("eventOutcome", "queued");
                    out.writeEndObject();
                });
    }

    private HttpAnswer ask(HookAction.Ask ask, String key, Gateway gateway, Hooks hooks) {
        String agentId = gateway.config().agents().defaultId(); // also for one that does not exist
        boolean isNamed = !ask.answerer().agentId().isEmpty();
        boolean isAllowed =
                hooks.allowedAgentIds().contains("*") || hooks.allowedAgentIds().contains(agentId);
        if (isNamed && !isAllowed) {
            return refused("400 Bad Request", "agentId is not allowed by hooks.allowedAgentIds");
        }
        String runId = runId(key);
        String sessionKey = sessionKey(ask.sessionKey(), runId, hooks.sessionKeys());
        Gateway.Sent sent =
                gateway.send(
                        new Gateway.Message(
                                        sessionKey,
                                        ask.told(),
                                        runId,
                                        new Gateway.Sender("hook " + ask.name(), false))
                                .with(ask.options()));
        return ok(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("runId", sent.runId());
                    if (ask.isDelivered()) {
                        out.writeStringProperty("notice", UNDELIVERED);
                    }
                    out.writeEndObject();
                });
    }

    /** The same for the same key: what is sent again is known by it, also after a restart. */
    private String runId(String key) {
        return "hook_" + (key.isEmpty() ? services.world().ids().next() : key);
    }

    private static String sessionKey(String asked, String runId, SessionKeys keys) {
        String standard = keys.standard().isEmpty() ? "hook:" + runId : keys.standard();
        String key = asked.isEmpty() ? standard : asked;
        String lower = key.toLowerCase(Locale.ROOT);
        if (!keys.prefixes().isEmpty() && keys.prefixes().stream().noneMatch(lower::startsWith)) {
            throw HookAction.invalid(
                    "sessionKey must start with one of: " + String.join(", ", keys.prefixes()));
        }
        return key;
    }

    private HttpAnswer ok(Json.Body body) {
        return HttpAnswer.json("200 OK", services.json().encode(body));
    }

    private HttpAnswer refused(String status, String why) {
        return HttpAnswer.json(
                status,
                services.json()
                        .encode(
                                out -> {
                                    out.writeStartObject();
                                    out.writeBooleanProperty("ok", false);
                                    out.writeStringProperty("error", why);
                                    out.writeEndObject();
                                }));
    }
}
