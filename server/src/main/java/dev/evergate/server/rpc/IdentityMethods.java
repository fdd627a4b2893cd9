package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;
import dev.evergate.server.spi.GatewayKey;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who is who: the gateway, its machine, its agent, and the one person it belongs to. */
final class IdentityMethods {
    /** What clients call an agent that nobody has named. */
    private static final String AGENT_NAME = "Assistant";

    /** What OpenClaw calls whoever holds the gateway's own secret. */
    private static final String OWNER = "gateway-owner";

    private static final Set<String> WAKE_MODES = Set.of("now", "next-heartbeat");

    /** This program does not look for releases of itself. */
    private static final byte[] NO_UPDATE =
            "{\"sentinel\":null,\"updateAvailable\":null}".getBytes(StandardCharsets.US_ASCII);

    private final Services services;

    IdentityMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("gateway.identity.get", Scope.READ, this::gateway),
                Method.blocking("system.info", Scope.READ, this::system),
                Method.inline("agent.identity.get", Scope.READ, IdentityMethods::agent),
                Method.inline(
                        "users.self", Scope.WRITE, call -> call.answer(IdentityMethods::owner)),
                Method.inline("update.status", Scope.ADMIN, call -> call.answer(NO_UPDATE)),
                Method.blocking("wake", Scope.WRITE, IdentityMethods::wake));
    }

    private void gateway(Call call) {
        GatewayKey key = services.evidence().key().get();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("deviceId", key.deviceId());
                    out.writeStringProperty("publicKey", key.publicKey());
                    out.writeEndObject();
                });
    }

    private void system(Call call) {
        JsonNode facts = services.evidence().system().get();
        call.answer(out -> out.writePOJO(facts));
    }

    private static void agent(Call call) {
        String defaultId = call.config().agents().defaultId();
        Optional<String> asked = agentId(call.params());
        if (!asked.orElse(defaultId).equals(defaultId)) {
            call.fail(unknownAgent(asked.get(), defaultId));
            return;
        }
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("agentId", defaultId);
                    out.writeStringProperty("name", AGENT_NAME);
                    out.writeStringProperty("nameSource", "default");
                    out.writeStringProperty("avatar", AGENT_NAME.substring(0, 1));
                    out.writeEndObject();
                });
    }

    /** By name, or the one a conversation belongs to. */
    private static Optional<String> agentId(Params params) {
        String key = params.optionalText("sessionKey").orElse("");
        String[] parts = key.split(":", 3);
        return params.optionalName("agentId")
                .or(
                        () ->
                                parts.length == 3 && parts[0].equals("agent")
                                        ? Optional.of(parts[1])
                                        : Optional.empty());
    }

    static WireError unknownAgent(String asked, String defaultId) {
        return WireError.invalid(
                        "unknown agent id \"%s\" (expected: %s)".formatted(asked, defaultId))
                .with("code", "UNKNOWN_AGENT_ID")
                .with("agentId", asked);
    }

    private static void owner(JsonGenerator out) {
        out.writeStartObject();
        out.writeObjectPropertyStart("profile");
        out.writeStringProperty("id", OWNER);
        out.writeNullProperty("displayName");
        out.writeNullProperty("avatarMime");
        out.writeNullProperty("mergedInto");
        out.writeNumberProperty("createdAt", 0);
        out.writeNumberProperty("updatedAt", 0);
        out.writeArrayPropertyStart("emails");
        out.writeEndArray();
        out.writeNullProperty("githubIdentity");
        out.writeBooleanProperty("hasAvatar", false);
        out.writeEndObject();
        out.writeEndObject();
    }

    /**
     * The agent hears of it in its main conversation with the next message there, as from {@code
     * POST /hooks/wake}.
     */
    private static void wake(Call call) {
        Params params = call.params();
        String _ = params.oneOf("mode", WAKE_MODES);
        String text = params.text("text").strip();
        String defaultId = call.config().agents().defaultId();
        Optional<String> asked = agentId(params);
        if (!asked.orElse(defaultId).equals(defaultId)) {
            call.fail(unknownAgent(asked.get(), defaultId));
            return;
        }
        if (text.isEmpty()) {
            call.fail(WireError.invalid("text required"));
            return;
        }
        String key = params.optionalText("sessionKey").orElse("main");
        boolean isHeard = key.equals("main") || key.equals("agent:" + defaultId + ":main");
        if (isHeard) {
            call.gateway().systemEvent(text);
        }
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", isHeard);
                    if (!isHeard) {
                        out.writeStringProperty("reason", "unwakeable-session-key");
                    }
                    out.writeEndObject();
                });
    }
}
