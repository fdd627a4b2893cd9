package dev.evergate.plugins.scout;

import dev.evergate.api.ModelScout;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Finds an Ollama server on its own port on loopback, and the models it has. */
public final class OllamaScout implements ModelScout {
    private static final URI ADDRESS = URI.create("http://127.0.0.1:11434");
    private static final int CONNECT_MS_MAX = 250;
    private static final int ANSWER_MS_MAX = 700;
    private static final long ANSWER_BYTES_MAX = 1 << 20;
    private static final int MODELS_SHOWN = 3;

    /** Anything may listen on that port: other names are not shown to people. */
    private static final Pattern MODEL_NAME = Pattern.compile("[A-Za-z0-9._:/-]{1,100}");

    private final URI address;

    /** For {@link java.util.ServiceLoader}. */
    public OllamaScout() {
        this(ADDRESS);
    }

    OllamaScout(URI address) {
        this.address = address;
    }

    @Override
    public List<Finding> look(Map<String, String> environment) {
        if (!somebodyListens()) {
            return List.of();
        }
        try {
            JsonNode models = new JsonMapper().readTree(tags()).path("models");
            return models.isArray() ? List.of(finding(models)) : List.of();
        } catch (IOException | JacksonException e) {
            return List.of(); // Something else listens there.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Asked first, and cheaply: mostly nobody does. */
    private boolean somebodyListens() {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MS_MAX);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String tags() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/tags")).build();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX));
        try {
            return answer.get(ANSWER_MS_MAX, TimeUnit.MILLISECONDS).body();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(e);
        } finally {
            answer.cancel(true);
            client.shutdownNow();
        }
    }

    private Finding finding(JsonNode models) {
        List<String> names = new ArrayList<>();
        for (JsonNode model : models) {
            String name = model.path("name").asString("");
            // Models that only embed text cannot answer.
            if (MODEL_NAME.matcher(name).matches() && !name.contains("embed")) {
                names.add(name);
            }
        }
        String place = "Ollama at " + address.getHost() + ":" + address.getPort();
        if (names.isEmpty()) {
            return new Finding(place + " (without a model that can chat)", "ollama pull qwen3:8b");
        }
        List<String> shown = names.subList(0, Math.min(MODELS_SHOWN, names.size()));
        String more = names.size() > shown.size() ? ", …" : "";
        return new Finding(
                place + " (" + String.join(", ", shown) + more + ")",
                ConfigLines.of("ollama", address + "/v1", "", names.getFirst()));
    }
}
