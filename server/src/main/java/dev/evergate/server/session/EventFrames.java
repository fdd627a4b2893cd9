package dev.evergate.server.session;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.access.Scope;
import dev.evergate.server.rpc.HealthBoard;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.wire.DeviceShapes;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Frames.StateVersion;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.NodeShapes;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

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
    private static final Optional<Scope> PAIRING = Optional.of(Scope.PAIRING);

    private final Gateway gateway;
    private final Json json;

    EventFrames(Gateway gateway, Json json) {
        this.gateway = gateway;
        this.json = json;
    }

    /** The frames an event makes, in order. */
    List<Broadcast> of(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.RunStarted started -> List.of(started(started));
            case GatewayEvent.RunModel model -> List.of(model(model));
            case GatewayEvent.RunText text -> List.of(assistant(text), delta(text));
            case GatewayEvent.RunEnded ended -> List.of(lifecycleEnd(ended), chatEnd(ended));
            case GatewayEvent.RunCompacting compacting -> List.of(compacting(compacting));
            case GatewayEvent.SessionCompacting compacting -> List.of(operation(compacting));
            case GatewayEvent.MessageAdded added -> messages(added);
            case GatewayEvent.SessionChanged changed -> List.of(session(changed));
            case GatewayEvent.ConfigChanged changed -> List.of(config(changed));
            case GatewayEvent.SuspensionChanged changed -> List.of(suspension(changed.phase()));
            case GatewayEvent.DeviceChanged(var happened) -> List.of(device(happened));
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

    private Broadcast started(GatewayEvent.RunStarted event) {
        return agent(
                event.run(),
                event.runSeq(),
                event.atMs(),
                "lifecycle",
                false,
                out -> {
                    out.writeStringProperty("phase", "start");
                    out.writeNumberProperty("startedAt", event.startedAtMs());
                });
    }

    private Broadcast model(GatewayEvent.RunModel event) {
        return agent(
                event.run(),
                event.runSeq(),
                event.atMs(),
                "lifecycle",
                false,
                out -> {
                    out.writeStringProperty("phase", "model");
                    out.writeStringProperty("provider", event.provider());
                    out.writeStringProperty("model", event.model());
                });
    }

    private Broadcast assistant(GatewayEvent.RunText event) {
        return agent(
                event.run(),
                event.runSeq(),
                event.atMs(),
                "assistant",
                true,
                out -> {
                    out.writeStringProperty("text", event.text());
                    out.writeStringProperty("delta", event.delta());
                    if (event.replace()) {
                        out.writeBooleanProperty("replace", true);
                    }
                });
    }

    private Broadcast delta(GatewayEvent.RunText event) {
        return chat(
                event.run(),
                event.runSeq(),
                "delta",
                true,
                out -> {
                    out.writeStringProperty("deltaText", event.delta());
                    if (event.replace()) {
                        out.writeBooleanProperty("replace", true);
                    }
                    out.writeName("message");
                    Shapes.assistant(out, Content.text(event.text()), event.atMs());
                });
    }

    private Broadcast lifecycleEnd(GatewayEvent.RunEnded event) {
        RunEnd end = event.end();
        boolean isFailed = end.state() == Turn.State.FAILED;
        boolean isAborted = end.state() == Turn.State.ABORTED;
        return agent(
                event.run(),
                event.runSeq(),
                end.endedAtMs(),
                "lifecycle",
                false,
                out -> {
                    out.writeStringProperty("phase", isFailed ? "error" : "end");
                    out.writeNumberProperty("startedAt", end.startedAtMs());
                    out.writeNumberProperty("endedAt", end.endedAtMs());
                    if (isFailed) {
                        out.writeStringProperty("error", end.error());
                        return;
                    }
                    out.writeBooleanProperty("aborted", isAborted);
                    if (isAborted) {
                        out.writeStringProperty("status", "cancelled");
                    }
                    out.writeStringProperty("stopReason", stopReason(end));
                });
    }

    private Broadcast chatEnd(GatewayEvent.RunEnded event) {
        RunEnd end = event.end();
        String state =
                switch (end.state()) {
                    case DONE, RUNNING -> "final";
                    case ABORTED -> "aborted";
                    case FAILED -> "error";
                };
        return chat(
                event.run(),
                event.runSeq(),
                state,
                false,
                out -> {
                    if (end.state() == Turn.State.FAILED) {
                        out.writeStringProperty("errorMessage", end.error());
                    } else {
                        out.writeStringProperty("stopReason", stopReason(end));
                    }
                    if (!end.content().isBlank()) {
                        out.writeName("message");
                        Shapes.assistant(out, end.content(), end.endedAtMs());
                    }
                });
    }

    private static String stopReason(RunEnd end) {
        if (end.state() == Turn.State.ABORTED) {
            return "rpc";
        }
        String reason = end.provenance().stopReason();
        return reason.isEmpty() ? "stop" : reason;
    }

    private Broadcast compacting(GatewayEvent.RunCompacting event) {
        return agent(
                event.run(),
                event.runSeq(),
                event.atMs(),
                "compaction",
                false,
                out -> {
                    out.writeStringProperty("phase", event.isOver() ? "end" : "start");
                    if (event.isOver()) {
                        out.writeBooleanProperty("willRetry", false);
                        out.writeBooleanProperty("completed", event.isDone());
                    }
                });
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

    /** Words put into the agent's mouth are its last ones, too: of a run that nobody has seen. */
    private List<Broadcast> messages(GatewayEvent.MessageAdded event) {
        TranscriptRow row = event.row();
        boolean isInjected =
                row.runId().isEmpty()
                        && row.role() == TranscriptRow.Role.ASSISTANT
                        && row.kind() == TranscriptRow.Kind.MESSAGE;
        if (!isInjected) {
            return Shapes.spoken(row).stream().map(one -> message(event, one)).toList();
        }
        var run =
                new GatewayEvent.Run(
                        "inject-" + row.id(), event.sessionKey(), row.sessionId(), event.agentId());
        Broadcast spoken =
                chat(
                        run,
                        0,
                        "final",
                        false,
                        out -> {
                            out.writeStringProperty("stopReason", "stop");
                            out.writeName("message");
                            Shapes.message(out, row);
                        });
        return List.of(message(event, row), spoken);
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

    private Broadcast device(DeviceEvent event) {
        return switch (event) {
            case DeviceEvent.Requested(var device) ->
                    broadcast(
                            "device.pair.requested",
                            PAIRING,
                            false,
                            out -> DeviceShapes.request(out, device));
            case DeviceEvent.Resolved resolved ->
                    broadcast(
                            "device.pair.resolved",
                            PAIRING,
                            false,
                            out -> DeviceShapes.resolved(out, resolved));
            case DeviceEvent.Withdrawn(var deviceId, var role, var reason) ->
                    Broadcast.dismissal(deviceId, role, reason);
            case DeviceEvent.OfferRequested(var device) ->
                    broadcast(
                            "node.pair.requested",
                            PAIRING,
                            false,
                            out -> NodeShapes.request(out, device));
            case DeviceEvent.OfferResolved resolved ->
                    broadcast(
                                    "node.pair.resolved",
                                    PAIRING,
                                    false,
                                    out -> NodeShapes.resolved(out, resolved))
                            .forNode(resolved.deviceId());
        };
    }

    /** An {@code agent} event; {@code data} writes properties. */
    private Broadcast agent(
            GatewayEvent.Run run,
            long seq,
            long atMs,
            String stream,
            boolean isDroppable,
            Json.Body data) {
        return broadcast(
                "agent",
                READ,
                isDroppable,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("runId", run.runId());
                    out.writeStringProperty("sessionKey", run.sessionKey());
                    out.writeStringProperty("sessionId", run.sessionId());
                    out.writeStringProperty("agentId", run.agentId());
                    out.writeNumberProperty("seq", seq);
                    out.writeStringProperty("stream", stream);
                    out.writeObjectPropertyStart("data");
                    data.write(out);
                    out.writeEndObject();
                    out.writeNumberProperty("ts", atMs);
                    out.writeEndObject();
                });
    }

    /** A {@code chat} event; {@code rest} writes properties. */
    private Broadcast chat(
            GatewayEvent.Run run, long seq, String state, boolean isDroppable, Json.Body rest) {
        return broadcast(
                "chat",
                READ,
                isDroppable,
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("runId", run.runId());
                    out.writeStringProperty("sessionKey", run.sessionKey());
                    out.writeStringProperty("agentId", run.agentId());
                    out.writeNumberProperty("seq", seq);
                    out.writeStringProperty("state", state);
                    rest.write(out);
                    out.writeEndObject();
                });
    }

    private Broadcast broadcast(
            String event, Optional<Scope> scope, boolean isDroppable, Json.Body payload) {
        return new Broadcast(
                Frames.eventHead(json, event, payload, Optional.empty()), scope, isDroppable);
    }
}
