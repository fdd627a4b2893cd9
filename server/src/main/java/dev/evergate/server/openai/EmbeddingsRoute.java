package dev.evergate.server.openai;

import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.wire.Json;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code POST /v1/embeddings}: turns texts into vectors, with a model of its own. */
public final class EmbeddingsRoute implements Route {
    private static final String PATH = "/v1/embeddings";
    private static final int BODY_BYTES_MAX = 5 * 1024 * 1024;
    private static final int TEXTS_MAX = 128;
    private static final int TEXT_CHARS_MAX = 8_192;
    private static final int ALL_CHARS_MAX = 65_536;
    private static final int DIMENSIONS_MAX = 65_536;

    private static final HttpAnswer OFF =
            Entrance.off("Embeddings (and chat completions)", "chatCompletions");

    private final Json json;
    private final Entrance entrance;

    public EmbeddingsRoute(Json json, Gatekeeper keeper) {
        this.json = json;
        this.entrance = new Entrance(json, keeper, PATH, BODY_BYTES_MAX);
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        boolean isOn = head.gateway().config().gateway().http().servesModels();
        return entrance.admit(head, isOn ? Optional.empty() : Optional.of(OFF), this::embed);
    }

    private void embed(HttpCall call) {
        JsonNode body = entrance.body(call);
        ConfigSnapshot config = call.head().gateway().config();
        String asked = body.path("model").asString("");
        if (new AgentModels(config.agents()).agent(asked).isEmpty()) {
            throw invalid("Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.");
        }
        boolean isBase64 = isBase64(body.path("encoding_format"));
        List<String> texts = texts(body.path("input"));
        OptionalInt dimensions = dimensions(body.path("dimensions"));
        Optional<ModelRef> usual = config.gateway().http().embedding().ref();
        Optional<ModelRef> model = Entrance.model(call.head(), usual).or(() -> usual);
        if (model.isEmpty()) {
            call.answer(none());
            return;
        }
        var cancel = new CancelSource();
        call.whenGone(cancel::cancel);
        var request = new EmbeddingRequest(model.get().model(), texts, dimensions);
        EmbeddingAnswer answer =
                call.head().gateway().embed(model.get().provider(), request, cancel);
        call.answer(
                HttpAnswer.json("200 OK", json.encode(out -> write(out, asked, answer, isBase64))));
    }

    private static HttpAnswer none() {
        return HttpAnswer.error(
                "404 Not Found",
                "not_found",
                "No embedding model is configured. To set one: evergate config set"
                        + " agents.defaults.memorySearch.model <provider>/<model>");
    }

    private static boolean isBase64(JsonNode format) {
        return switch (format.asString("float")) {
            case "float" -> false;
            case "base64" -> true;
            case String other ->
                    throw invalid(
                            "`encoding_format` is \"%s\" (expected: float or base64)."
                                    .formatted(other));
        };
    }

    private static List<String> texts(JsonNode input) {
        boolean isList = input.isArray() && input.valueStream().allMatch(JsonNode::isString);
        if (!isList && !input.isString()) {
            throw invalid("`input` must be a string or an array of strings.");
        }
        List<String> texts =
                isList
                        ? input.valueStream().map(JsonNode::stringValue).toList()
                        : List.of(input.stringValue());
        if (texts.isEmpty() || texts.contains("")) {
            throw invalid("`input` must contain at least one non-empty string.");
        }
        bounded("inputs", texts.size(), TEXTS_MAX);
        bounded(
                "characters in one input",
                texts.stream().mapToInt(String::length).max().orElse(0),
                TEXT_CHARS_MAX);
        bounded(
                "characters in all inputs",
                texts.stream().mapToInt(String::length).sum(),
                ALL_CHARS_MAX);
        return texts;
    }

    private static void bounded(String what, int number, int max) {
        if (number > max) {
            throw invalid("Too many %s: %d (expected: at most %d).".formatted(what, number, max));
        }
    }

    private static OptionalInt dimensions(JsonNode wanted) {
        if (wanted.isMissingNode() || wanted.isNull()) {
            return OptionalInt.empty();
        }
        boolean isFit =
                wanted.isInt() && wanted.intValue() > 0 && wanted.intValue() <= DIMENSIONS_MAX;
        if (!isFit) {
            throw invalid("`dimensions` is %s (expected: a positive integer).".formatted(wanted));
        }
        return OptionalInt.of(wanted.intValue());
    }

    private static void write(
            JsonGenerator out, String model, EmbeddingAnswer answer, boolean isBase64) {
        out.writeStartObject();
        out.writeStringProperty("object", "list");
        out.writeArrayPropertyStart("data");
        for (int i = 0; i < answer.vectors().size(); i++) {
            out.writeStartObject();
            out.writeStringProperty("object", "embedding");
            out.writeNumberProperty("index", i);
            out.writeName("embedding");
            vector(out, answer.vectors().get(i), isBase64);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeStringProperty("model", model);
        out.writeObjectPropertyStart("usage");
        out.writeNumberProperty("prompt_tokens", answer.usage().inputTokens());
        out.writeNumberProperty("total_tokens", answer.usage().totalTokens());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void vector(JsonGenerator out, List<Float> vector, boolean isBase64) {
        if (!isBase64) {
            out.writeStartArray();
            vector.forEach(out::writeNumber);
            out.writeEndArray();
            return;
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * vector.size()).order(ByteOrder.LITTLE_ENDIAN);
        vector.forEach(bytes::putFloat);
        out.writeString(Base64.getEncoder().encodeToString(bytes.array()));
    }

    private static EvergateException invalid(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }
}
