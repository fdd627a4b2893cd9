package dev.evergate.plugins.openai;

import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.api.ModelAnswer.Usage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.plugins.http.ProviderFaults;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is said at {@code POST {baseUrl}/embeddings}. Immutable and thread-safe. */
final class Embeddings {
    private static final String PAGE = "/embeddings";
    private static final JsonMapper JSON = new JsonMapper();

    private final ApiRequest api;
    private final ProviderFaults faults;

    Embeddings(ApiRequest api, ProviderFaults faults) {
        this.api = api;
        this.faults = faults;
    }

    HttpRequest request(EmbeddingRequest asked) throws ModelException {
        ObjectNode body = JSON.createObjectNode().put("model", asked.model());
        ArrayNode input = body.putArray("input");
        asked.texts().forEach(input::add);
        body.put("encoding_format", "float");
        asked.dimensions().ifPresent(length -> body.put("dimensions", length));
        return api.of(PAGE, "application/json", JSON.writeValueAsBytes(body));
    }

    EmbeddingAnswer answer(byte[] body) throws ModelException {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JacksonException e) {
            throw faults.fault(
                    Kind.BROKEN, "its answer is not JSON (expected: a list of embeddings)");
        }
        List<JsonNode> items = new ArrayList<>(answer.path("data").valueStream().toList());
        items.sort(Comparator.comparingInt(item -> item.path("index").asInt(0)));
        List<List<Float>> vectors = new ArrayList<>();
        for (JsonNode item : items) {
            vectors.add(vector(item.path("embedding")));
        }
        long tokens = answer.path("usage").path("prompt_tokens").asLong(0);
        return new EmbeddingAnswer(vectors, new Usage(Math.max(0, tokens), 0));
    }

    private List<Float> vector(JsonNode embedding) throws ModelException {
        if (!embedding.isArray() || embedding.isEmpty()) {
            throw faults.fault(
                    Kind.BROKEN, "an embedding is missing in its answer (expected: numbers)");
        }
        List<Float> vector = new ArrayList<>(embedding.size());
        for (JsonNode number : embedding) {
            if (!number.isNumber()) {
                throw faults.fault(
                        Kind.BROKEN, "an embedding is not made of numbers (expected: numbers)");
            }
            vector.add(number.floatValue());
        }
        return vector;
    }
}
