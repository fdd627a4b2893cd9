package dev.evergate.plugins.openai;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.plugins.http.ProviderFaults;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Locale;

/** Makes the HTTP request of a question. Immutable and thread-safe. */
final class ChatRequest {
    private static final String PAGE = "/chat/completions";
    private static final JsonMapper JSON = new JsonMapper();

    private final ModelProviderSettings settings;
    private final ProviderFaults faults;

    ChatRequest(ModelProviderSettings settings, ProviderFaults faults) {
        this.settings = settings;
        this.faults = faults;
    }

    HttpRequest of(ModelRequest request) throws ModelException {
        HttpRequest.Builder builder = builder();
        header(builder, "Content-Type", "application/json", "baseUrl");
        header(builder, "Accept", "text/event-stream, application/json", "baseUrl");
        if (settings.apiKey().isPresent()) {
            header(builder, "Authorization", "Bearer " + settings.apiKey().reveal(), "apiKey");
        }
        for (var entry : settings.headers().entrySet()) {
            header(builder, entry.getKey(), entry.getValue().reveal(), "headers");
        }
        return builder.POST(HttpRequest.BodyPublishers.ofByteArray(body(request))).build();
    }

    private HttpRequest.Builder builder() throws ModelException {
        try {
            return HttpRequest.newBuilder(page(settings.baseUrl()));
        } catch (IllegalArgumentException e) {
            throw faults.fault(
                    Kind.REFUSED,
                    "this address cannot be asked (expected: %s with http:// or https:// and a host)"
                            .formatted(faults.key("baseUrl")));
        }
    }

    /** The page below the base address; people sometimes give the page itself. */
    static URI page(URI baseUrl) {
        String text = baseUrl.toString();
        int end = text.indexOf('#') >= 0 ? text.indexOf('#') : text.length();
        int query = text.indexOf('?') >= 0 ? Math.min(end, text.indexOf('?')) : end;
        String path = text.substring(0, query).replaceAll("/+$", "");
        return URI.create((path.endsWith(PAGE) ? path : path + PAGE) + text.substring(query, end));
    }

    private void header(HttpRequest.Builder builder, String name, String value, String key)
            throws ModelException {
        try {
            builder.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            // Its message would show the value.
            throw faults.fault(
                    Kind.REFUSED,
                    ("the header \"%s\" from %s cannot be sent"
                                    + " (expected: a header a client may set, and a value of one line)")
                            .formatted(faults.quoted(name), faults.key(key)));
        }
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
