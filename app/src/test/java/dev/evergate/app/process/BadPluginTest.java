package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.plugin.BadPlugin;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Whatever a plugin does, it costs its own turns and nothing else. */
@Tag("process")
@Tag("X1")
class BadPluginTest {
    private static final String CONFIG =
            """
            { gateway: { auth: { token: "a-test-token" } },
              models: { providers: {
                bad: { api: "bad", baseUrl: "http://127.0.0.1:1/ok", models: [{ id: "m" }] },
                broken: { api: "bad", baseUrl: "http://127.0.0.1:1/throw", models: [{ id: "m" }] },
                late: { api: "bad", baseUrl: "http://127.0.0.1:1/slow", models: [{ id: "m" }] } } },
              agents: { defaults: { model: { primary: "bad/m" }, timeoutSeconds: 3 } } }
            """;

    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir Path folder;
    private GatewayProcess gateway;

    @BeforeEach
    void start() {
        gateway =
                gateways.startReady(
                        GatewayProcess.launch().plugin(BadPlugin.jar(folder)).config(CONFIG));
    }

    @Test
    @Tag("I10")
    void costsItsOwnTurnsAndNothingElse() throws Exception {
        long generation = gateway.generationPid();
        assertThat(gateway.get("/readyz").body())
                .contains("models.providers.broken")
                .contains("models.providers.late");
        try (GatewayClient client = gateway.connect()) {
            send(client, "exit"); // these end when their time is up
            send(client, "block");
            send(client, "spin 1");
            send(client, "spin 2");

            assertThat(end(client, "throw").path("state").asString()).isEqualTo("error");
            assertThat(end(client, "error").path("state").asString()).isEqualTo("error");
            assertThat(end(client, "leak").toString()).contains("echo: leak");
            assertThat(end(client, "print").toString()).contains("echo: print");
            assertThat(end(client, "hello").toString()).contains("echo: hello");
            assertThat(ProbeTimes.take(gateway, "/healthz", 40).medianMs()).isLessThan(100);
            for (String evil : new String[] {"exit", "block", "spin 1", "spin 2"}) {
                assertThat(awaitEnd(client, evil).path("state").asString()).isEqualTo("error");
            }
        }
        assertThat(gateway.generationPid()).isEqualTo(generation);
        assertThat(logBytes()).isLessThan(8L << 20);
        assertThat(logged()).contains("Refused to end the process for model-bad");
    }

    @Test
    @Tag("I2")
    @Tag("I7")
    void cannotHoldUpAStop() throws Exception {
        try (GatewayClient client = gateway.connect()) {
            assertThat(end(client, "spawn").toString()).contains("echo: spawn");
            assertThat(end(client, "leak").toString()).contains("echo: leak");
            send(client, "block");
            send(client, "spin 1");
            send(client, "exit");
        }
        List<ProcessHandle> all =
                ProcessHandle.of(gateway.keeperPid()).stream()
                        .flatMap(ProcessHandle::descendants)
                        .toList();

        Duration took = gateway.timeToStop();

        assertThat(took).isLessThan(Duration.ofSeconds(10)); // the drain's six, and two more
        assertThat(all).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    private static void send(GatewayClient client, String text) {
        JsonNode sent =
                client.call(
                        "chat.send",
                        "{\"sessionKey\":\"%s\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                                .formatted(session(text), text, key(text)));
        assertThat(sent.path("runId").asString()).isEqualTo(key(text));
    }

    private static JsonNode end(GatewayClient client, String text) {
        send(client, text);
        return awaitEnd(client, text);
    }

    private static JsonNode awaitEnd(GatewayClient client, String text) {
        Wait.until(
                () -> "the turn " + key(text) + " ends; " + client.seen(),
                15_000,
                () -> ends(client, text).findAny().isPresent());
        return ends(client, text).findFirst().orElseThrow();
    }

    private static Stream<JsonNode> ends(GatewayClient client, String text) {
        return client.seen().stream()
                .filter(frame -> frame.path("event").asString("").equals("chat"))
                .map(frame -> frame.path("payload"))
                .filter(chat -> chat.path("runId").asString("").equals(key(text)))
                .filter(chat -> !chat.path("state").asString("").equals("delta"));
    }

    private static String session(String text) {
        return "agent:main:" + key(text);
    }

    private static String key(String text) {
        return "run-" + text.replace(' ', '-');
    }

    private String logged() throws IOException {
        var text = new StringBuilder();
        try (Stream<Path> files = Files.list(gateway.stateDir().resolve("logs"))) {
            for (Path file : files.toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    private long logBytes() throws IOException {
        return logged().length();
    }
}
