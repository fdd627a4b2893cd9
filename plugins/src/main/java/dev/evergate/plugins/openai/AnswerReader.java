package dev.evergate.plugins.openai;

import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelAnswer.Stop;
import dev.evergate.api.ModelAnswer.Usage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelListener;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.plugins.http.ProviderFaults;
import dev.evergate.plugins.http.ServerEvent;
import dev.evergate.plugins.http.SseReader;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads one answer: a stream of chunks, or the whole completion as JSON from a server that does not
 * stream. For one thread.
 *
 * <p>Kind to what real servers do: chunks without choices, null fields, content as a list of parts,
 * a whole message instead of a delta, errors inside the stream, no {@code [DONE]} after a finish
 * reason, no finish reason before {@code [DONE]}. An answer that ends without either is broken.
 */
final class AnswerReader {
    /** More is no completion. */
    private static final int JSON_BYTES_MAX = 16 << 20;

    private static final JsonMapper JSON = new JsonMapper();

    /** What the body turned out to be. */
    private enum Form {
        UNKNOWN,
        EVENTS,
        JSON
    }

    private final ModelListener listener;
    private final ProviderFaults faults;
    private final Refusal refusal;
    private final SseReader events = new SseReader();
    private final ToolCallReader tools;
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private Form form = Form.UNKNOWN;
    private @Nullable Stop stop;
    private Usage usage = Usage.NONE;
    private boolean done;

    AnswerReader(ModelListener listener, ProviderFaults faults, String model) {
        this.listener = listener;
        this.faults = faults;
        this.tools = new ToolCallReader(faults);
        this.refusal = new Refusal(faults, model);
    }

    /** Whether the model has said all it wants to: only usage may follow. */
    boolean isFinished() {
        return stop != null || done;
    }

    /** Whether nothing follows. */
    boolean isDone() {
        return done;
    }

    void feed(ByteBuffer bytes) throws ModelException {
        if (form == Form.UNKNOWN) {
            form = formOf(bytes);
        }
        if (form == Form.JSON) {
            byte[] piece = new byte[bytes.remaining()];
            bytes.get(piece);
            json.writeBytes(piece);
            if (json.size() > JSON_BYTES_MAX) {
                throw faults.fault(
                        Kind.BROKEN, "the answer is larger than " + JSON_BYTES_MAX + " bytes");
            }
        } else if (form == Form.EVENTS) {
            try {
                chunks(events.feed(bytes));
            } catch (IOException e) {
                throw faults.fault(Kind.BROKEN, String.valueOf(e.getMessage()));
            }
        }
    }

    /** The first sign decides, not the content type, which gateways in between often get wrong. */
    private Form formOf(ByteBuffer bytes) throws ModelException {
        while (bytes.hasRemaining()) {
            byte first = bytes.get(bytes.position());
            if (first == '{') {
                return Form.JSON;
            }
            if (first == '<') {
                throw faults.fault(
                        Kind.REFUSED,
                        "a web page answers there " + Refusal.expectedAddress(faults));
            }
            if (first != ' ' && first != '\t' && first != '\r' && first != '\n') {
                return Form.EVENTS;
            }
            bytes.get();
        }
        return Form.UNKNOWN;
    }

    /** The body has ended. */
    ModelAnswer end() throws ModelException {
        if (form == Form.JSON) {
            wholeAnswer();
        } else {
            chunks(events.end());
        }
        if (stop == null && !done) {
            throw faults.fault(
                    Kind.BROKEN,
                    form == Form.UNKNOWN
                            ? "the answer is empty"
                            : "the answer ended before it was complete");
        }
        boolean isCut = stop == Stop.LENGTH || stop == Stop.FILTERED;
        List<ToolCall> calls = tools.calls(isCut);
        return new ModelAnswer(stop(calls), usage, calls);
    }

    /** Some servers say that it is complete when it waits for tools, or the other way round. */
    private Stop stop(List<ToolCall> calls) {
        if (stop == Stop.LENGTH || stop == Stop.FILTERED) {
            return stop;
        }
        return calls.isEmpty() ? Stop.COMPLETE : Stop.TOOL_CALLS;
    }

    private void wholeAnswer() throws ModelException {
        chunk("", json.toString(StandardCharsets.UTF_8));
        if (stop == null) {
            throw faults.fault(
                    Kind.BROKEN,
                    "it answered with JSON that is no completion: %s (expected: an OpenAI-compatible API)"
                            .formatted(faults.quoted(json.toString(StandardCharsets.UTF_8))));
        }
    }

    private void chunks(List<ServerEvent> batch) throws ModelException {
        for (ServerEvent event : batch) {
            if (done) {
                return;
            }
            if (event.data().strip().equals("[DONE]")) {
                done = true;
            } else if (!event.data().isBlank()) {
                chunk(event.name(), event.data());
            }
        }
    }

    private void chunk(String name, String text) throws ModelException {
        JsonNode chunk;
        try {
            chunk = JSON.readTree(text);
        } catch (JacksonException e) {
            throw faults.fault(
                    Kind.BROKEN,
                    "the answer is not understandable: %s (expected: JSON)"
                            .formatted(faults.quoted(text)));
        }
        JsonNode error = chunk.path("error");
        if (error.isObject() || error.isString()) {
            throw refusal.of(error);
        }
        if (name.equals("error")) {
            throw refusal.of(chunk);
        }
        usage(chunk.path("usage"));
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                choice(choice);
            }
        }
    }

    private void choice(JsonNode choice) throws ModelException {
        JsonNode delta = choice.path("delta");
        JsonNode message = delta.isObject() ? delta : choice.path("message");
        tools.feed(message.path("tool_calls"));
        JsonNode content = message.path("content");
        if (content.isString()) {
            say(content.asString());
        } else if (content.isArray()) {
            for (JsonNode part : content) {
                if (part.path("text").isString()) {
                    say(part.path("text").asString());
                }
            }
        }
        JsonNode reason = choice.path("finish_reason");
        if (reason.isString() && !reason.asString().isEmpty()) {
            stop = stop(reason.asString());
        } else if (form == Form.JSON && choice.path("message").isObject()) {
            stop = Stop.COMPLETE;
        }
    }

    private void say(String text) {
        if (!text.isEmpty()) {
            listener.text(text);
        }
    }

    private Stop stop(String reason) throws ModelException {
        return switch (reason) {
            case "length", "max_tokens", "model_length" -> Stop.LENGTH;
            case "content_filter" -> Stop.FILTERED;
            case "error" ->
                    throw faults.fault(Kind.BROKEN, "it failed in the middle of the answer");
            default -> Stop.COMPLETE;
        };
    }

    private void usage(JsonNode reported) {
        if (reported.isObject()) {
            usage =
                    new Usage(
                            Math.max(0, reported.path("prompt_tokens").asLong(0)),
                            Math.max(0, reported.path("completion_tokens").asLong(0)));
        }
    }
}
