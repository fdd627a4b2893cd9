package dev.evergate.server.session;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Shapes;

import java.util.Optional;

/**
 * What readers hear of runs: {@code agent} and {@code chat} events (protocol v4 "Chat and agent
 * runs"). Stateless.
 */
final class RunFrames {
    private final Json json;

    RunFrames(Json json) {
        this.json = json;
    }

    Broadcast started(GatewayEvent.RunStarted event) {
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

    Broadcast model(GatewayEvent.RunModel event) {
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

    Broadcast assistant(GatewayEvent.RunText event) {
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

    Broadcast delta(GatewayEvent.RunText event) {
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

    Broadcast lifecycleEnd(GatewayEvent.RunEnded event) {
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

    Broadcast chatEnd(GatewayEvent.RunEnded event) {
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

    Broadcast compacting(GatewayEvent.RunCompacting event) {
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

    /** Words put into the agent's mouth are its last ones, of a run that nobody has seen. */
    Broadcast injected(GatewayEvent.MessageAdded event) {
        TranscriptRow row = event.row();
        var run =
                new GatewayEvent.Run(
                        "inject-" + row.id(), event.sessionKey(), row.sessionId(), event.agentId());
        return chat(
                run,
                0,
                "final",
                false,
                out -> {
                    out.writeStringProperty("stopReason", "stop");
                    out.writeName("message");
                    Shapes.message(out, row);
                });
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

    private Broadcast broadcast(String event, boolean isDroppable, Json.Body payload) {
        return new Broadcast(
                Frames.eventHead(json, event, payload, Optional.empty()),
                Optional.of(Scope.READ),
                isDroppable);
    }
}
