package dev.evergate.server.session;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.server.access.Scope;
import dev.evergate.server.rpc.HealthBoard;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Frames.StateVersion;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns what happens into event frames (protocol v4 "Events", "Chat and agent runs"). Stateless.
 */
final class EventFrames {
    /** Every event this release sends, for {@code hello-ok}. */
    static final List<String> NAMES =
            List.of(
                    "agent",
                    "chat",
                    "config.changed",
                    "device.pair.requested",
                    "device.pair.resolved",
                    "gateway.suspension",
                    "health",
                    "node.invoke.cancel",
                    "node.invoke.request",
                    "node.pair.requested",
                    "node.pair.resolved",
                    "presence",
                    "session.message",
                    "session.operation",
                    "sessions.changed",
                    "shutdown",
                    "tick");

    private static final Optional<Scope> READ = Optional.of(Scope.READ);

    private final Gateway gateway;
    private final Json json;
    private final RunFrames runs;
    private final DeviceFrames devices;

    EventFrames(Gateway gateway, Json json) {
        this.gateway = gateway;
        this.json = json;
        this.runs = new RunFrames(json);
        this.devices = new DeviceFrames(json);
    }

    /** The frames an event makes, in order. */
    List<Broadcast> of(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.RunStarted started -> List.of(runs.started(started));
            case GatewayEvent.RunModel model -> List.of(runs.model(model));
            case GatewayEvent.RunText text -> List.of(runs.assistant(text), runs.delta(text));
            case GatewayEvent.RunEnded ended ->
                    List.of(runs.lifecycleEnd(ended), runs.chatEnd(ended));
            case GatewayEvent.RunCompacting compacting -> List.of(runs.compacting(compacting));
            case GatewayEvent.SessionCompacting compacting -> List.of(operation(compacting));
            case GatewayEvent.MessageAdded added -> messages(added);
            case GatewayEvent.SessionChanged changed -> List.of(session(changed));
            case GatewayEvent.ConfigChanged changed -> List.of(config(changed));
            case GatewayEvent.SuspensionChanged changed -> List.of(suspension(changed.phase()));
            case GatewayEvent.DeviceChanged(var happened) -> List.of(devices.of(happened));
        };
    }

    Broadcast tick(long nowMs) {
        return broadcast(
                        "tick",
                        Optional.empty(),
                        true,
                        out -> {
                            out.writeStartObject();
                            out.writeNumberProperty("ts", nowMs);
                            out.writeEndObject();
                        })
                .forNodes();
    }

    Broadcast health(HealthBoard.Snapshot health, long presenceVersion) {
        String payload = new String(health.payload(), StandardCharsets.UTF_8);
        byte[] head =
                Frames.eventHead(
                        json,
                        "health",
                        out -> out.writeRawValue(payload),
                        Optional.of(new StateVersion(presenceVersion, health.version())));
        return new Broadcast(head, Optional.empty(), true);
    }

    Broadcast presence(PresenceBoard presence, long healthVersion) {
        StateVersion version = new StateVersion(presence.version(), healthVersion);
        byte[] head =
                Frames.eventHead(
                        json,
                        "presence",
                        out -> {
                            out.writeStartObject();
                            out.writeName("presence");
                            presence.write(out);
                            out.writeEndObject();
                        },
                        Optional.of(version));
        return new Broadcast(head, READ, true);
    }

    Broadcast shutdown(String reason, long restartExpectedMs) {
        return broadcast(
                        "shutdown",
                        Optional.empty(),
                        false,
                        out -> {
                            out.writeStartObject();
                            out.writeStringProperty("reason", reason);
                            if (restartExpectedMs > 0) {
                                out.writeNumberProperty("restartExpectedMs", restartExpectedMs);
                            }
                            out.writeEndObject();
                        })
                .forNodes();
    }

    private Broadcast operation(GatewayEvent.SessionCompacting event) {
        return broadcast(
                "session.operation",
                READ,
                false,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("operationId", event.operationId());
                    out.writeStringProperty("operation", "compact");
                    out.writeStringProperty("phase", event.isOver() ? "end" : "start");
                    out.writeStringProperty("sessionKey", event.sessionKey());
                    out.writeStringProperty("agentId", event.agentId());
                    out.writeNumberProperty("ts", event.atMs());
                    if (event.isOver()) {
                        out.writeBooleanProperty("completed", event.isDone());
                    }
                    if (!event.reason().isEmpty()) {
                        out.writeStringProperty("reason", event.reason());
                    }
                    out.writeEndObject();
                });
    }

    private List<Broadcast> messages(GatewayEvent.MessageAdded event) {
        TranscriptRow row = event.row();
        boolean isInjected =
                row.runId().isEmpty()
                        && row.role() == TranscriptRow.Role.ASSISTANT
                        && row.kind() == TranscriptRow.Kind.MESSAGE;
        List<Broadcast> said = Shapes.spoken(row).stream().map(one -> message(event, one)).toList();
        return isInjected
                ? Stream.concat(said.stream(), Stream.of(runs.injected(event))).toList()
                : said;
    }

    private Broadcast message(GatewayEvent.MessageAdded event, TranscriptRow row) {
        return broadcast(
                "session.message",
                READ,
                false,
                out -> {
                    out.writeStartObject();
                    Shapes.entry(out, event.sessionKey(), event.agentId(), row);
                    row(out, event.session());
                    out.writeEndObject();
                });
    }

    private Broadcast session(GatewayEvent.SessionChanged event) {
        return broadcast(
                "sessions.changed",
                READ,
                false,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("sessionKey", event.sessionKey());
                    out.writeStringProperty("agentId", event.agentId());
                    out.writeStringProperty("reason", event.reason());
                    out.writeNumberProperty("ts", event.atMs());
                    row(out, event.session());
                    out.writeEndObject();
                });
    }

    private Broadcast config(GatewayEvent.ConfigChanged event) {
        return broadcast(
                "config.changed",
                READ,
                false,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("path", event.path());
                    out.writeStringProperty("hash", event.hash());
                    out.writeNumberProperty("ts", event.atMs());
                    out.writeStringProperty("plan", event.plan());
                    out.writeEndObject();
                });
    }

    private Broadcast suspension(String phase) {
        return broadcast(
                "gateway.suspension",
                Optional.empty(),
                false,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("phase", phase);
                    out.writeEndObject();
                });
    }

    private void row(JsonGenerator out, Optional<Session> session) {
        session.ifPresent(
                known -> {
                    out.writeName("session");
                    Shapes.session(out, known, gateway.activeRuns(known.key()), gateway.config());
                });
    }

    private Broadcast broadcast(
            String event, Optional<Scope> scope, boolean isDroppable, Json.Body payload) {
        return new Broadcast(
                Frames.eventHead(json, event, payload, Optional.empty()), scope, isDroppable);
    }
}
