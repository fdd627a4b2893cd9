package dev.evergate.plugins.openai;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.plugins.http.ProviderFaults;

import java.net.URI;
import java.net.http.HttpRequest;

/** Makes requests to one provider, with everything its settings want. Immutable, thread-safe. */
final class ApiRequest {
    static final String CHAT = "/chat/completions";

    private final ModelProviderSettings settings;
    private final ProviderFaults faults;

    ApiRequest(ModelProviderSettings settings, ProviderFaults faults) {
        this.settings = settings;
        this.faults = faults;
    }

    /**
     * @param page below the provider's address; begins with a slash
     * @param accept what may be answered
     * @param body JSON
     */
    HttpRequest of(String page, String accept, byte[] body) throws ModelException {
        HttpRequest.Builder builder = builder(page);
        header(builder, "Content-Type", "application/json", "baseUrl");
        header(builder, "Accept", accept, "baseUrl");
        if (settings.apiKey().isPresent()) {
            header(builder, "Authorization", "Bearer " + settings.apiKey().reveal(), "apiKey");
        }
        for (var entry : settings.headers().entrySet()) {
            header(builder, entry.getKey(), entry.getValue().reveal(), "headers");
        }
        return builder.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    private HttpRequest.Builder builder(String page) throws ModelException {
        try {
            return HttpRequest.newBuilder(address(settings.baseUrl(), page));
        } catch (IllegalArgumentException e) {
            throw faults.fault(
                    Kind.REFUSED,
                    "this address cannot be asked (expected: %s with http:// or https:// and a host)"
                            .formatted(faults.key("baseUrl")));
        }
    }

    /** A page below the base address; people sometimes give that of the chat itself. */
    static URI address(URI baseUrl, String page) {
        String text = baseUrl.toString();
        int end = text.indexOf('#') >= 0 ? text.indexOf('#') : text.length();
        int query = text.indexOf('?') >= 0 ? Math.min(end, text.indexOf('?')) : end;
        String path = text.substring(0, query).replaceAll("/+$", "");
        String base = path.endsWith(CHAT) ? path.substring(0, path.length() - CHAT.length()) : path;
        return URI.create(base + page + text.substring(query, end));
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
}
