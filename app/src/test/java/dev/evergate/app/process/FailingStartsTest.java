package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.plugin.BadPlugin;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Starts that keep failing never end the gateway: it starts with less, and finds back. */
@Tag("process")
@Tag("I9")
class FailingStartsTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir Path folder;

    @Test
    @Tag("I34")
    void servesWithTheConfigurationThatWasProvenLastUntilTheFileIsMended() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(3, 1))) {
            GatewayLaunch launch = GatewayProcess.launch().config(Configs.with(model));
            prove(launch, Configs.with(model));
            GatewayProcess gateway = gateways.startReady(launch);

            launch.config("{ gateway: {");
            gateway.killGeneration();

            Wait.until("it serves again", () -> isReady(gateway));
            assertThat(status(gateway)).contains("the last good one, is in use");

            launch.config(Configs.with(model));
            assertThat(new Restarts(gateway).askAndAwaitEnd().isGranted()).isTrue();

            Wait.until(
                    "it serves the mended file",
                    () -> isReady(gateway) && !readiness(gateway).contains("config-problem"));
        }
    }

    @Test
    @Tag("I18")
    void keepsOnlyItsControlPlaneWhenEveryStartCrashesAndHealsWithNothingLost() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(40, 40))) {
            String good = Configs.with(model);
            GatewayLaunch launch = GatewayProcess.launch().plugin(BadPlugin.jar(folder));
            GatewayProcess gateway = gateways.startReady(launch.config(good));
            GatewayClient asker = gateway.connect();
            asker.call("chat.send", message("the-key"));
            asker.await("chat", chat -> chat.path("state").asString("").equals("delta"));

            forgetWhatWasGood(launch);
            launch.config(
                    good.replace(
                            "providers: {",
                            "providers: { bad: { api: \"bad\", baseUrl: \"http://127.0.0.1:1/crash\", models: [] },"));
            gateway.killGeneration();

            Wait.until("safe mode", () -> readiness(gateway).contains("\"safe-mode\""));
            assertThat(gateway.get("/healthz?strict=1").statusCode()).isEqualTo(200);
            try (GatewayClient client = gateway.connect()) {
                assertThat(client.call("status", "{}").toString()).contains("safe-mode");
                assertThatThrownBy(() -> client.call("chat.send", message("another")))
                        .hasMessageContaining("UNAVAILABLE")
                        .hasMessageContaining("safe mode");
            }

            launch.config(good);
            GatewayProcess.signal("HUP", gateway.keeperPid());

            Wait.until("it is whole again", () -> isReady(gateway));
            try (GatewayClient client = gateway.connect()) {
                String end =
                        client.call("agent.wait", "{\"runId\":\"the-key\",\"timeoutMs\":25000}")
                                .path("status")
                                .asString();
                assertThat(end).as("fate of what was asked before").isEqualTo("ok");
            }
        }
    }

    /** As a minute of serving would. */
    private static void prove(GatewayLaunch launch, String config) throws IOException {
        Entry _ =
                new ConfigHistory(launch.stateDir().resolve("data/config"))
                        .add(
                                Instant.EPOCH,
                                Entry.Origin.START,
                                "",
                                "",
                                "",
                                Entry.State.PROVEN,
                                Map.of(launch.stateDir().resolve("evergate.json"), config));
    }

    /** Otherwise a start with that would be tried, and serve. */
    private static void forgetWhatWasGood(GatewayLaunch launch) throws IOException {
        Path kept = launch.stateDir().resolve("data/config");
        Files.move(kept, launch.stateDir().resolve("forgotten"));
    }

    private static String message(String key) {
        return "{\"sessionKey\":\"main\",\"message\":\"hello\",\"idempotencyKey\":\"" + key + "\"}";
    }

    private static boolean isReady(GatewayProcess gateway) throws InterruptedException {
        try {
            return gateway.get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false; // Between two lives.
        }
    }

    private static String readiness(GatewayProcess gateway) throws InterruptedException {
        try {
            return gateway.get("/readyz").body();
        } catch (IOException e) {
            return "";
        }
    }

    private static String status(GatewayProcess gateway) {
        try (var client = GatewayClient.connect(gateway.url(), "a-test-token")) {
            return client.call("status", "{}").toString();
        }
    }
}
