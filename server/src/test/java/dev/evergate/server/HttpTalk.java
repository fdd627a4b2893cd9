package dev.evergate.server;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A program that speaks HTTP to a {@link TestServer}, with the gateway's secret. */
final class HttpTalk {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestServer server;

    HttpTalk(TestServer server) {
        this.server = server;
    }

    static JsonNode json(HttpResponse<String> answer) {
        return TestServer.json(answer.body());
    }

    HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                request(path, headers).POST(text(body)).build(), BodyHandlers.ofString());
    }

    /** Sends, and lets the test do something before the answer comes. */
    CompletableFuture<HttpResponse<String>> begin(String path, String body, String... headers) {
        return client.sendAsync(
                request(path, headers).POST(text(body)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return client.send(request(path, headers).GET().build(), BodyHandlers.ofString());
    }

    /** The answer as it comes. */
    InputStream open(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                        request(path, headers).POST(text(body)).build(),
                        BodyHandlers.ofInputStream())
                .body();
    }

    private static HttpRequest.BodyPublisher text(String body) {
        return HttpRequest.BodyPublishers.ofString(body);
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.address.getPort() + path))
                        .timeout(Duration.ofSeconds(20));
        List<String> all = List.of(headers);
        boolean isOwn = all.stream().anyMatch(line -> line.startsWith("Authorization:"));
        if (!isOwn) {
            request.header("Authorization", "Bearer " + FakeGateway.TOKEN);
        }
        all.forEach(
                line ->
                        request.header(
                                line.substring(0, line.indexOf(':')),
                                line.substring(line.indexOf(':') + 1).strip()));
        return request;
    }
}
