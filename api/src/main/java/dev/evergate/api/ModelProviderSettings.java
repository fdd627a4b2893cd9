package dev.evergate.api;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * One configured provider.
 *
 * @param id its name in the configuration
 * @param baseUrl where its API starts, such as {@code http://127.0.0.1:11434/v1}
 * @param apiKey absent for providers that need none
 * @param headers extra request headers
 * @param timeout longest wait for the first byte, and longest silence afterwards; positive
 */
public record ModelProviderSettings(
        String id, URI baseUrl, Secret apiKey, Map<String, Secret> headers, Duration timeout) {
    public ModelProviderSettings {
        headers = Map.copyOf(headers);
    }
}
