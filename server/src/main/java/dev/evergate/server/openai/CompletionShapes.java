package dev.evergate.server.openai;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.server.wire.Json;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an answer looks to OpenAI's clients, whole and in pieces. Immutable.
 *
 * @param created Unix seconds
 * @param wantsUsage whether a stream tells what the answer cost
 */
record CompletionShapes(Json json, String id, String model, long created, boolean wantsUsage)
        implements AnswerForm {
    /** The type of errors that are not the caller's. */
    static final String ERROR = "api_error";

    static final String FAILED = "500 Internal Server Error";

    /** Why there is no answer, for people; empty if there is one. */
    static Optional<String> fault(RunEnd end) {
        return switch (end.state()) {
            case DONE -> Optional.empty();
            case FAILED -> Optional.of(end.error());
            case ABORTED, RUNNING -> Optional.of("The answer was stopped before its end.");
        };
    }

    /** How such a fault is told as a status. */
    static String status(RunEnd end) {
        return switch (end.state()) {
            case ABORTED -> "409 Conflict";
            case DONE, FAILED, RUNNING -> FAILED;
        };
    }

    @Override
    public AnswerStream stream() {
        return new CompletionStream(this);
    }

    @Override
    public byte[] whole(RunEnd end) {
        return json.encode(
                out -> {
                    head(out, "chat.completion");
                    out.writeArrayPropertyStart("choices");
                    out.writeStartObject();
                    out.writeNumberProperty("index", 0);
                    out.writeObjectPropertyStart("message");
                    out.writeStringProperty("role", "assistant");
                    List<ToolCall> calls = end.content().toolCalls();
                    if (end.text().isEmpty() && !calls.isEmpty()) {
                        out.writeNullProperty("content");
                    } else {
                        out.writeStringProperty("content", end.text());
                    }
                    if (!calls.isEmpty()) {
                        out.writeArrayPropertyStart("tool_calls");
                        calls.forEach(call -> call(out, call, OptionalInt.empty()));
                        out.writeEndArray();
                    }
                    out.writeEndObject();
                    out.writeStringProperty("finish_reason", reason(end));
                    out.writeEndObject();
                    out.writeEndArray();
                    usage(out, end.provenance());
                    out.writeEndObject();
                });
    }

    /** The first piece. */
    String role() {
        return piece("role", "assistant");
    }

    String content(String text) {
        return piece("content", text);
    }

    private String piece(String name, String value) {
        return event(
                out -> {
                    choice(out);
                    out.writeObjectPropertyStart("delta");
                    out.writeStringProperty(name, value);
                    out.writeEndObject();
                    out.writeNullProperty("finish_reason");
                    end(out);
                });
    }

    /** A piece for each tool that is called; a call is told whole, or not at all. */
    String calls(RunEnd end) {
        StringBuilder pieces = new StringBuilder();
        List<ToolCall> calls = end.content().toolCalls();
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            var index = OptionalInt.of(i);
            pieces.append(
                    event(
                            out -> {
                                choice(out);
                                out.writeObjectPropertyStart("delta");
                                out.writeArrayPropertyStart("tool_calls");
                                call(out, call, index);
                                out.writeEndArray();
                                out.writeEndObject();
                                out.writeNullProperty("finish_reason");
                                end(out);
                            }));
        }
        return pieces.toString();
    }

    /**
     * @param index its place among the calls, which pieces tell
     */
    private static void call(JsonGenerator out, ToolCall call, OptionalInt index) {
        out.writeStartObject();
        index.ifPresent(place -> out.writeNumberProperty("index", place));
        out.writeStringProperty("id", call.id());
        out.writeStringProperty("type", "function");
        out.writeObjectPropertyStart("function");
        out.writeStringProperty("name", call.name());
        out.writeStringProperty("arguments", call.arguments());
        out.writeEndObject();
        out.writeEndObject();
    }

    /** The last piece with a choice. */
    String last(RunEnd end) {
        return event(
                out -> {
                    choice(out);
                    out.writeObjectPropertyStart("delta");
                    out.writeEndObject();
                    out.writeStringProperty("finish_reason", reason(end));
                    end(out);
                });
    }

    String usage(RunEnd end) {
        return event(
                out -> {
                    head(out, "chat.completion.chunk");
                    out.writeArrayPropertyStart("choices");
                    out.writeEndArray();
                    usage(out, end.provenance());
                    out.writeEndObject();
                });
    }

    private String event(Json.Body body) {
        return "data: " + new String(json.encode(body), StandardCharsets.UTF_8) + "\n\n";
    }

    private void choice(JsonGenerator out) {
        head(out, "chat.completion.chunk");
        out.writeArrayPropertyStart("choices");
        out.writeStartObject();
        out.writeNumberProperty("index", 0);
    }

    private static void end(JsonGenerator out) {
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }

    private void head(JsonGenerator out, String object) {
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", object);
        out.writeNumberProperty("created", created);
        out.writeStringProperty("model", model);
    }

    private static String reason(RunEnd end) {
        String reason = end.provenance().stopReason();
        return reason.isEmpty() ? "stop" : reason;
    }

    private static void usage(JsonGenerator out, Provenance from) {
        out.writeObjectPropertyStart("usage");
        out.writeNumberProperty("prompt_tokens", from.inputTokens());
        out.writeNumberProperty("completion_tokens", from.outputTokens());
        out.writeNumberProperty("total_tokens", from.inputTokens() + from.outputTokens());
        out.writeEndObject();
    }
}
