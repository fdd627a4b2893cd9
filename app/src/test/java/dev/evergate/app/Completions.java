package dev.evergate.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** Questions as programs ask them over plain HTTP, all in one conversation. */
final class Completions {
    private Completions() {}

    static CompletableFuture<HttpResponse<String>> ask(
            URI url, String token, String text, boolean isStreamed) {
        String body =
                """
                {"user":"u","stream":%s,"messages":[{"role":"user","content":"%s"}]}"""
                        .formatted(isStreamed, text);
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(url.resolve("/v1/chat/completions"))
                                .header("Authorization", "Bearer " + token)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
