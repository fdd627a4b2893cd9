package dev.evergate.server.hooks;

import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
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
 * agent something, with a secret of their own. Answered when it is durable.
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
    private final RecentKeys wakes = new RecentKeys();

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
        String offered =
                Optional.of(head.bearer())
                        .filter(token -> !token.isEmpty())
                        .or(() -> first(head, TOKENS))
                        .orElse("");
        return keeper.refusal(head, offered, hooks.token());
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
        String name = call.head().path().substring(hooks.path().length()).replaceAll("^/+|/+$", "");
        try {
            JsonNode payload = payload(call.body());
            Optional<HookAction> action = action(name, payload, call.head(), hooks);
            String key =
                    first(call.head(), KEYS)
                            .orElseGet(() -> payload.path("idempotencyKey").asString("").strip());
            if (action.isEmpty()) {
                call.answer(HttpAnswer.notFound());
            } else {
                String whole = key.isEmpty() ? "" : name + "_" + checked(key);
                call.answer(carryOut(action.get(), whole, call.head().gateway(), hooks));
            }
        } catch (EvergateException e) {
            if (e.code() != ErrorCode.INVALID_REQUEST) {
                throw e;
            }
            call.answer(refused("400 Bad Request", String.valueOf(e.getMessage())));
        }
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
        return hooks.mappings().stream()
                .filter(mapping -> !name.isEmpty() && fits(mapping, name, payload))
                .findFirst()
                .map(mapping -> HookAction.mapped(mapping, values));
    }

    private static boolean fits(HookMapping mapping, String name, JsonNode payload) {
        HookMapping.Match match = mapping.match();
        String path = match.path().replaceAll("^/+|/+$", "");
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
        if (key.isEmpty() || !wakes.contains(key)) {
            gateway.systemEvent(wake.text());
            wakes.add(key); // not before: an event that failed may be sent again
        }
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
        String runId = "hook_" + (key.isEmpty() ? services.world().ids().next() : key);
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
