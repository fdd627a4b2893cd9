package dev.evergate.plugins.openai;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelRequest;

import java.net.http.HttpRequest;

/** Makes the HTTP request of a question. Immutable and thread-safe. */
final class ChatRequest {
    private final ApiRequest api;

    ChatRequest(ApiRequest api) {
        this.api = api;
    }

    HttpRequest of(ModelRequest request) throws ModelException {
        return api.of(ApiRequest.CHAT, "text/event-stream, application/json", ChatBody.of(request));
    }
}
