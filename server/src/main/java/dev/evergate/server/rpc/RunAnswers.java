package dev.evergate.server.rpc;

import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.wire.Shapes;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

/** How the end of a run is told to who asked for it. Stateless. */
final class RunAnswers {
    private RunAnswers() {}

    static boolean isFailed(RunEnd end) {
        return end.state() == Turn.State.FAILED;
    }

    /** {@code ok}, {@code error}, or {@code timeout}, the protocol's word for cut short. */
    static String status(RunEnd end) {
        return switch (end.state()) {
            case DONE -> "ok";
            case FAILED -> "error";
            case ABORTED, RUNNING -> "timeout";
        };
    }

    /** The second answer of {@code agent}. */
    static void finish(Call call, RunEnd end) {
        if (isFailed(end)) {
            call.fail(
                    out -> {
                        out.writeStartObject();
                        out.writeStringProperty("runId", end.runId());
                        out.writeStringProperty("status", "error");
                        out.writeStringProperty("summary", end.error());
                        out.writeEndObject();
                    },
                    WireError.of(WireError.UNAVAILABLE, end.error()));
        } else {
            call.answer(out -> result(out, end));
        }
    }

    private static void result(JsonGenerator out, RunEnd end) {
        boolean isAborted = end.state() == Turn.State.ABORTED;
        out.writeStartObject();
        out.writeStringProperty("runId", end.runId());
        out.writeStringProperty("status", status(end));
        out.writeStringProperty("summary", isAborted ? "aborted" : "completed");
        out.writeObjectPropertyStart("result");
        out.writeArrayPropertyStart("payloads");
        if (!end.text().isEmpty()) {
            out.writeStartObject();
            out.writeStringProperty("text", end.text());
            out.writeNullProperty("mediaUrl");
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectPropertyStart("meta");
        out.writeNumberProperty("durationMs", Math.max(0, end.endedAtMs() - end.startedAtMs()));
        out.writeObjectPropertyStart("agentMeta");
        out.writeStringProperty("sessionId", end.sessionId());
        out.writeStringProperty("provider", end.provenance().provider());
        out.writeStringProperty("model", end.provenance().model());
        out.writeObjectPropertyStart("usage");
        Shapes.usage(out, end.provenance(), "total");
        out.writeEndObject();
        out.writeEndObject();
        out.writeBooleanProperty("aborted", isAborted);
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }
}
