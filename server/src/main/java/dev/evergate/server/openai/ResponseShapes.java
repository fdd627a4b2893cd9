package dev.evergate.server.openai;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.server.wire.Json;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an answer looks to clients of the Responses API, whole and in events. Immutable.
 *
 * @param created Unix seconds
 * @param echo what of the question stands in the answer
 */
record ResponseShapes(Json json, String id, String model, long created, JsonNode echo)
        implements AnswerForm {
    private static final String COMPLETED = "completed";
    private static final String INCOMPLETE = "incomplete";
    private static final String IN_PROGRESS = "in_progress";

    /** Whether the model stopped before it had said everything. */
    static boolean isCut(RunEnd end) {
        return cause(end).isPresent();
    }

    private static Optional<String> cause(RunEnd end) {
        return switch (end.provenance().stopReason()) {
            case "length" -> Optional.of("max_output_tokens");
            case "content_filter" -> Optional.of("content_filter");
            default -> Optional.empty();
        };
    }

    /** Whether there is an item with words: the only thing that may be missing is a silent call. */
    static boolean hasWords(RunEnd end) {
        return !end.text().isEmpty() || end.content().toolCalls().isEmpty();
    }

    private static String status(RunEnd end) {
        return isCut(end) ? INCOMPLETE : COMPLETED;
    }

    @Override
    public byte[] whole(RunEnd end) {
        return json.encode(out -> ended(out, end));
    }

    @Override
    public AnswerStream stream() {
        return new ResponseStream(this);
    }

    /** {@code response.created} or {@code response.in_progress}. */
    String begun(String type, int number) {
        return event(
                type,
                number,
                out -> {
                    out.writeName("response");
                    response(out, IN_PROGRESS, Optional.empty(), Optional.empty(), _ -> {});
                });
    }

    String itemAdded(int number) {
        return event(
                "response.output_item.added",
                number,
                out -> {
                    out.writeNumberProperty("output_index", 0);
                    out.writeName("item");
                    item(out, IN_PROGRESS, Optional.empty());
                });
    }

    String partAdded(int number) {
        return part("response.content_part.added", number, "");
    }

    String delta(int number, String words) {
        return event(
                "response.output_text.delta",
                number,
                out -> {
                    place(out);
                    out.writeStringProperty("delta", words);
                    noProbabilities(out);
                });
    }

    String textDone(int number, String text) {
        return event(
                "response.output_text.done",
                number,
                out -> {
                    place(out);
                    out.writeStringProperty("text", text);
                    noProbabilities(out);
                });
    }

    String partDone(int number, String text) {
        return part("response.content_part.done", number, text);
    }

    String itemDone(int number, RunEnd end) {
        return event(
                "response.output_item.done",
                number,
                out -> {
                    out.writeNumberProperty("output_index", 0);
                    out.writeName("item");
                    item(out, status(end), Optional.of(end.text()));
                });
    }

    String callAdded(int number, int index, ToolCall call) {
        return callItem("response.output_item.added", number, index, call, Optional.empty());
    }

    String argumentsDelta(int number, int index, ToolCall call) {
        return arguments("response.function_call_arguments.delta", number, index, call, "delta");
    }

    String argumentsDone(int number, int index, ToolCall call) {
        return arguments("response.function_call_arguments.done", number, index, call, "arguments");
    }

    String callDone(int number, int index, ToolCall call) {
        Optional<String> arguments = Optional.of(call.arguments());
        return callItem("response.output_item.done", number, index, call, arguments);
    }

    private String arguments(String type, int number, int index, ToolCall call, String name) {
        return event(
                type,
                number,
                out -> {
                    out.writeStringProperty("item_id", callId(index));
                    out.writeNumberProperty("output_index", index);
                    out.writeStringProperty("name", call.name());
                    out.writeStringProperty(name, call.arguments());
                });
    }

    private String callItem(
            String type, int number, int index, ToolCall call, Optional<String> arguments) {
        return event(
                type,
                number,
                out -> {
                    out.writeNumberProperty("output_index", index);
                    out.writeName("item");
                    call(out, index, call, arguments);
                });
    }

    /**
     * @param arguments of the call; empty while they are on the way
     */
    private void call(JsonGenerator out, int index, ToolCall call, Optional<String> arguments) {
        out.writeStartObject();
        out.writeStringProperty("type", "function_call");
        out.writeStringProperty("id", callId(index));
        out.writeStringProperty("call_id", call.id());
        out.writeStringProperty("name", call.name());
        out.writeStringProperty("arguments", arguments.orElse(""));
        out.writeStringProperty("status", arguments.isPresent() ? COMPLETED : IN_PROGRESS);
        out.writeEndObject();
    }

    private String callId(int index) {
        return "fc_" + id.substring(id.indexOf('_') + 1) + "_" + index;
    }

    /** {@code response.completed} or {@code response.incomplete}. */
    String over(String type, int number, RunEnd end) {
        return event(
                type,
                number,
                out -> {
                    out.writeName("response");
                    ended(out, end);
                });
    }

    /**
     * @param said the beginning of the answer; empty if nothing was said
     */
    String failed(int number, Optional<String> said, String message) {
        return event(
                "response.failed",
                number,
                out -> {
                    out.writeName("response");
                    response(
                            out,
                            "failed",
                            Optional.of(message),
                            Optional.empty(),
                            _ -> said.ifPresent(text -> item(out, INCOMPLETE, said)));
                });
    }

    private void ended(JsonGenerator out, RunEnd end) {
        response(out, status(end), Optional.empty(), Optional.of(end), _ -> output(out, end));
    }

    private void output(JsonGenerator out, RunEnd end) {
        if (hasWords(end)) {
            item(out, status(end), Optional.of(end.text()));
        }
        int index = hasWords(end) ? 1 : 0;
        for (ToolCall call : end.content().toolCalls()) {
            call(out, index++, call, Optional.of(call.arguments()));
        }
    }

    private void response(
            JsonGenerator out,
            String status,
            Optional<String> fault,
            Optional<RunEnd> end,
            Consumer<JsonGenerator> output) {
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", "response");
        out.writeNumberProperty("created_at", created);
        out.writeStringProperty("status", status);
        fault(out, fault);
        cut(out, end);
        out.writeStringProperty("model", model);
        out.writeArrayPropertyStart("output");
        output.accept(out);
        out.writeEndArray();
        echo(out);
        usage(out, end.map(RunEnd::provenance).orElse(Provenance.NONE));
        out.writeEndObject();
    }

    private static void fault(JsonGenerator out, Optional<String> fault) {
        if (fault.isEmpty()) {
            out.writeNullProperty("error");
            return;
        }
        out.writeObjectPropertyStart("error");
        out.writeStringProperty("code", "server_error");
        out.writeStringProperty("message", fault.get());
        out.writeEndObject();
    }

    private static void cut(JsonGenerator out, Optional<RunEnd> end) {
        Optional<String> cause = end.flatMap(ResponseShapes::cause);
        if (cause.isEmpty()) {
            out.writeNullProperty("incomplete_details");
            return;
        }
        out.writeObjectPropertyStart("incomplete_details");
        out.writeStringProperty("reason", cause.get());
        out.writeEndObject();
    }

    private void echo(JsonGenerator out) {
        echo.properties()
                .forEach(
                        part -> {
                            out.writeName(part.getKey());
                            out.writeTree(part.getValue());
                        });
    }

    /**
     * @param text all of it; empty while it is being said
     */
    private void item(JsonGenerator out, String status, Optional<String> text) {
        out.writeStartObject();
        out.writeStringProperty("type", "message");
        out.writeStringProperty("id", itemId());
        out.writeStringProperty("role", "assistant");
        out.writeArrayPropertyStart("content");
        text.ifPresent(said -> text(out, said));
        out.writeEndArray();
        out.writeStringProperty("status", status);
        out.writeEndObject();
    }

    private String itemId() {
        return "msg_" + id.substring(id.indexOf('_') + 1);
    }

    private static void text(JsonGenerator out, String text) {
        out.writeStartObject();
        out.writeStringProperty("type", "output_text");
        out.writeStringProperty("text", text);
        out.writeArrayPropertyStart("annotations");
        out.writeEndArray();
        noProbabilities(out);
        out.writeEndObject();
    }

    private static void noProbabilities(JsonGenerator out) {
        out.writeArrayPropertyStart("logprobs");
        out.writeEndArray();
    }

    private String part(String type, int number, String text) {
        return event(
                type,
                number,
                out -> {
                    place(out);
                    out.writeName("part");
                    text(out, text);
                });
    }

    private void place(JsonGenerator out) {
        out.writeStringProperty("item_id", itemId());
        out.writeNumberProperty("output_index", 0);
        out.writeNumberProperty("content_index", 0);
    }

    private String event(String type, int number, Json.Body body) {
        byte[] data =
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeStringProperty("type", type);
                            out.writeNumberProperty("sequence_number", number);
                            body.write(out);
                            out.writeEndObject();
                        });
        return "event: " + type + "\ndata: " + new String(data, StandardCharsets.UTF_8) + "\n\n";
    }

    private static void usage(JsonGenerator out, Provenance from) {
        out.writeObjectPropertyStart("usage");
        out.writeNumberProperty("input_tokens", from.inputTokens());
        out.writeObjectPropertyStart("input_tokens_details");
        out.writeNumberProperty("cached_tokens", 0);
        out.writeNumberProperty("cache_write_tokens", 0);
        out.writeEndObject();
        out.writeNumberProperty("output_tokens", from.outputTokens());
        out.writeObjectPropertyStart("output_tokens_details");
        out.writeNumberProperty("reasoning_tokens", 0);
        out.writeEndObject();
        out.writeNumberProperty("total_tokens", from.inputTokens() + from.outputTokens());
        out.writeEndObject();
    }
}
