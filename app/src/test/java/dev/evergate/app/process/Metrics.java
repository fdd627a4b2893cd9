package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.observe.PrometheusReader;
import dev.evergate.testkit.process.GatewayProcess;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** The numbers a gateway shows to Prometheus. */
final class Metrics {
    private Metrics() {}

    /** All of them, by name with labels. */
    static Map<String, Double> of(GatewayProcess gateway) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.url().resolve("/metrics"))
                        .header("Authorization", "Bearer " + gateway.token())
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            return PrometheusReader.read(answer.body());
        }
    }
}
