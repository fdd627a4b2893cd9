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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Turns.send(client, "exit"); // these end when their time is up
            Turns.send(client, "block");
            Turns.send(client, "spin 1");
            Turns.send(client, "spin 2");

            assertThat(Turns.end(client, "throw").path("state").asString()).isEqualTo("error");
            assertThat(Turns.end(client, "error").path("state").asString()).isEqualTo("error");
            assertThat(Turns.end(client, "leak").toString()).contains("echo: leak");
            assertThat(Turns.end(client, "print").toString()).contains("echo: print");
            assertThat(Turns.end(client, "hello").toString()).contains("echo: hello");
            assertThat(ProbeTimes.take(gateway, "/healthz", 40).medianMs()).isLessThan(100);
            for (String evil : new String[] {"exit", "block", "spin 1", "spin 2"}) {
                assertThat(Turns.awaitEnd(client, evil).path("state").asString())
                        .isEqualTo("error");
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
            assertThat(Turns.end(client, "spawn").toString()).contains("echo: spawn");
            assertThat(Turns.end(client, "leak").toString()).contains("echo: leak");
            Turns.send(client, "block");
            Turns.send(client, "spin 1");
            Turns.send(client, "exit");
        }
        List<ProcessHandle> all =
                ProcessHandle.of(gateway.keeperPid()).stream()
                        .flatMap(ProcessHandle::descendants)
                        .toList();

        double tookMs = gateway.stopMs();

        assertThat(tookMs).isLessThan(10_000); // the drain's six, and two more
        assertThat(all).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    @Test
    @Tag("I40")
    void eatsTheMemoryOfAFewGenerationsAndThenOnlyItsOwnTurn() throws Exception {
        try (GatewayClient client = gateway.connect()) {
            Turns.send(client, "eat");
        }
        Wait.until("the sender of the deadly message is told", this::isDeadlyMessageOver);
        gateway.awaitReady();
        try (GatewayClient client = gateway.connect()) {
            assertThat(Turns.end(client, "hello").toString()).contains("echo: hello");
        }
    }

    @Test
    @Tag("P4")
    void isReplacedWhenAPluginHogsAllTasks() throws Exception {
        long before = gateway.generationPid();
        try (GatewayClient client = gateway.connect()) {
            Turns.send(client, "hog");
            Wait.until(
                    "the hog shows",
                    () ->
                            ProbeTimes.take(gateway, "/readyz", 1)
                                    .last()
                                    .body()
                                    .contains("admission"));
        }
        Wait.until(
                "the keeper has replaced the generation",
                () -> gateway.generations().stream().noneMatch(one -> one.pid() == before));
        gateway.awaitReady();
    }

    private boolean isDeadlyMessageOver() {
        try (GatewayClient client = gateway.connect()) {
            return client.call("chat.history", "{\"sessionKey\":\"agent:main:run-eat\"}")
                    .toString()
                    .contains("times while it was being answered");
        } catch (AssertionError | RuntimeException e) {
            return false; // it is between two lives
        }
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
