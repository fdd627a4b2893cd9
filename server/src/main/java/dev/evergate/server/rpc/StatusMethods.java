package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code health}, {@code status}, presence, and the operator's system events. */
final class StatusMethods {
    private static final int RECENT_MAX = 10;
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final Services services;

    StatusMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                new Method("health", Optional.empty(), false, this::health),
                Method.blocking("status", Scope.READ, this::status),
                Method.inline("system-presence", Scope.READ, this::presence),
                Method.blocking("system-event", Scope.ADMIN, this::systemEvent),
                Method.inline("last-heartbeat", Scope.READ, call -> call.answer(NULL)));
    }

    private void health(Call call) {
        call.answer(services.boards().health().current().payload());
    }

    private void presence(Call call) {
        call.answer(services.boards().presence()::write);
    }

    private void systemEvent(Call call) {
        call.gateway().systemEvent(call.params().text("text"));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeEndObject();
                });
    }

    private void status(Call call) {
        Sessions.Listing recent =
                call.gateway().sessions(new Sessions.Query(RECENT_MAX, 0, "", ""));
        boolean isForTool = call.params().flag("includeCliProjection");
        call.answer(out -> write(out, recent, call.config(), isForTool));
    }

    private void write(
            JsonGenerator out, Sessions.Listing recent, ConfigSnapshot config, boolean isForTool) {
        out.writeStartObject();
        out.writeStringProperty("runtimeVersion", services.identity().version());
        if (isForTool) {
            toolProjection(out, config.agents().defaultId());
        }
        out.writeObjectPropertyStart("heartbeat");
        out.writeStringProperty("defaultAgentId", config.agents().defaultId());
        empty(out, "agents");
        out.writeEndObject();
        empty(out, "channelSummary");
        empty(out, "queuedSystemEvents");
        gateway(out, services.readiness().get());
        sessions(out, recent, config);
        out.writeObjectPropertyStart("config"); // what is wrong with it stands in the notices
        out.writeNumberProperty("number", config.generation());
        out.writeEndObject();
        out.writeEndObject();
    }

    /** What OpenClaw's command line would read from files of its own gateway. */
    private static void toolProjection(JsonGenerator out, String agentId) {
        out.writeObjectPropertyStart("cliProjection");
        out.writeObjectPropertyStart("agents");
        out.writeStringProperty("defaultId", agentId);
        out.writeStringProperty("ownership", "sole");
        out.writeBooleanProperty("selectionRequired", false);
        out.writeArrayPropertyStart("rows");
        out.writeStartObject();
        out.writeStringProperty("id", agentId);
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
        out.writeNullProperty("updateChannel");
        out.writeObjectPropertyStart("memoryPlugin");
        out.writeBooleanProperty("enabled", false);
        out.writeNullProperty("slot");
        out.writeEndObject();
        out.writeEndObject();
    }

    private void gateway(JsonGenerator out, Readiness readiness) {
        out.writeObjectPropertyStart("gateway");
        out.writeStringProperty("phase", readiness.phase().wireName());
        out.writeNumberProperty("generation", readiness.generation());
        out.writeStringProperty("instance", readiness.instance());
        out.writeNumberProperty("epoch", readiness.epoch());
        out.writeNumberProperty("uptimeMs", uptimeMs(readiness));
        out.writeBooleanProperty("ready", readiness.isReady());
        texts(out, "failing", readiness.failing());
        texts(out, "notices", readiness.notices());
        out.writeEndObject();
    }

    private long uptimeMs(Readiness readiness) {
        return (services.world().time().nanos() - readiness.startedAtNanos()) / 1_000_000;
    }

    private void sessions(JsonGenerator out, Sessions.Listing recent, ConfigSnapshot config) {
        long nowMs = services.nowMs();
        out.writeObjectPropertyStart("sessions");
        empty(out, "paths");
        out.writeNumberProperty("count", recent.total());
        out.writeObjectPropertyStart("defaults");
        Optional<ModelRef> primary = config.agents().primary();
        out.writeName("model");
        out.writePOJO(primary.map(ModelRef::model).orElse(null));
        Optional<Integer> tokens = primary.flatMap(ref -> Shapes.contextTokens(ref, config));
        out.writeName("contextTokens");
        out.writePOJO(tokens.orElse(null));
        out.writeEndObject();
        recent(out, recent.sessions(), nowMs);
        out.writeArrayPropertyStart("byAgent");
        out.writeStartObject();
        out.writeStringProperty("agentId", config.agents().defaultId());
        out.writeStringProperty("path", "journal");
        out.writeNumberProperty("count", recent.total());
        recent(out, recent.sessions(), nowMs);
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void recent(JsonGenerator out, List<Session> sessions, long nowMs) {
        out.writeArrayPropertyStart("recent");
        sessions.forEach(session -> row(out, session, nowMs));
        out.writeEndArray();
    }

    private static void row(JsonGenerator out, Session session, long nowMs) {
        out.writeStartObject();
        out.writeStringProperty("agentId", session.agentId());
        out.writeStringProperty("key", session.key());
        out.writeStringProperty("kind", "direct");
        out.writeStringProperty("sessionId", session.sessionId());
        out.writeNumberProperty("updatedAt", session.updatedAtMs());
        out.writeNumberProperty("age", Math.max(0, nowMs - session.updatedAtMs()));
        out.writeNumberProperty("inputTokens", session.inputTokens());
        out.writeNumberProperty("outputTokens", session.outputTokens());
        out.writeNumberProperty("totalTokens", session.inputTokens() + session.outputTokens());
        out.writeEndObject();
    }

    private static void empty(JsonGenerator out, String name) {
        out.writeArrayPropertyStart(name);
        out.writeEndArray();
    }

    private static void texts(JsonGenerator out, String name, List<String> texts) {
        out.writeArrayPropertyStart(name);
        texts.forEach(out::writeString);
        out.writeEndArray();
    }
}
