package dev.evergate.plugins.openai;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelRequest;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.http.HttpRequest;
import java.util.Locale;

/** Makes the HTTP request of a question. Immutable and thread-safe. */
final class ChatRequest {
    private static final JsonMapper JSON = new JsonMapper();

    private final ApiRequest api;

    ChatRequest(ApiRequest api) {
        this.api = api;
    }

    HttpRequest of(ModelRequest request) throws ModelException {
        return api.of(
                ApiRequest.CHAT, "text/event-stream, application/json", body(request));
    }

    private static byte[] body(ModelRequest request) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        for (ChatMessage message : request.messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text());
        }
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        request.maxTokens().ifPresent(limit -> body.put("max_completion_tokens", limit));
        return JSON.writeValueAsBytes(body);
    }
}
