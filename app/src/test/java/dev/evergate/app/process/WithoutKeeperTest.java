package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Restarts of a gateway that has no keeper: one process, one assembly after the other. */
@Tag("process")
class WithoutKeeperTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    private final FakeOpenAi model = FakeOpenAi.start();

    @TempDir Path folder;

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void anotherAssemblyTakesThePlaceWhileAnAnswerGoesOn() throws Exception {
        model.always(ModelScript.words(60, 100));
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch().withoutKeeper().config(Configs.with(model)));
        try (GatewayClient before = gateway.connect()) {
            Turns.send(before, "a long one");
            var _ = model.awaitRequest(1);

            GatewayProcess.signal("USR1", gateway.keeperPid());

            assertThat(before.awaitClose().code()).isEqualTo(1012);
            assertThat(generation(gateway)).isEqualTo(2);
        }
        try (GatewayClient after = gateway.connect()) {
            assertThat(Turns.awaitEnd(after, "a long one").toString()).contains("w60");
            assertThat(model.requests()).hasSize(1);
            awaitLine(gateway, "Restart from generation 1 to 2 (SIGUSR1) committed");
            GatewayProcess.signal("USR2", gateway.keeperPid());
            assertThat(after.awaitClose().code()).isEqualTo(1012);
        }
        assertThat(generation(gateway)).isEqualTo(3);
        assertThat(gateway.stop()).isZero();
        assertThat(gateway.log()).noneMatch(line -> line.contains("\"ERROR\""));
    }

    @Test
    @Tag("I18")
    @Tag("I22")
    void whatWaitsIsAnsweredOnceAndInOrder() throws Exception {
        model.next(ModelScript.words(40, 100), ModelScript.text("two"), ModelScript.text("three"));
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch().withoutKeeper().config(Configs.with(model)));
        try (GatewayClient before = gateway.connect()) {
            for (String key : List.of("one", "two", "three")) {
                JsonNode _ = before.call("chat.send", message(key));
            }
            var _ = model.awaitRequest(1);
            GatewayProcess.signal("USR1", gateway.keeperPid());
            var _ = before.awaitClose();
        }
        try (GatewayClient after = gateway.connect()) {
            JsonNode _ = after.call("chat.send", message("three")); // acknowledged before
            Wait.until(
                    () -> "all are answered; " + history(after),
                    () -> history(after).contains("three"));

            assertThat(history(after)).containsSubsequence("w1 ", "w40", "two", "three");
            assertThat(model.requests()).hasSize(3);
        }
    }

    private static String message(String key) {
        return "{\"sessionKey\":\"main\",\"message\":\"%1$s?\",\"idempotencyKey\":\"%1$s\"}"
                .formatted(key);
    }

    /** What was answered. */
    private static String history(GatewayClient client) {
        var answers = new StringBuilder();
        for (JsonNode row :
                client.call("chat.history", "{\"sessionKey\":\"main\"}").path("messages")) {
            if (row.path("role").asString("").equals("assistant")) {
                answers.append(row.path("content").toString()).append(' ');
            }
        }
        return answers.toString();
    }

    @Test
    void staysWithTheOneThatServesWhereTheNextHasNoStore() throws Exception {
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch().withoutKeeper().config(Configs.with(model)));
        try (GatewayClient client = gateway.connect()) {
            Path store = gateway.stateDir().resolve("data/evergate.db");
            Path away = Files.move(store, store.resolveSibling("away.db"));

            GatewayProcess.signal("USR1", gateway.keeperPid());

            awaitLine(gateway, "to 2 (SIGUSR1) aborted");
            Files.move(away, store);
            assertThat(client.call("health").path("ok").asBoolean()).isTrue();
            assertThat(generation(gateway)).isEqualTo(1);
        }
    }

    @Test
    void endsWith75WhenThereIsANewBuild() throws Exception {
        var builds = new Builds(folder);
        builds.publish(builds.add("1"));
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch().withoutKeeper().dist(folder.resolve("1")));
        builds.publish(builds.add("2"));

        GatewayProcess.signal("USR1", gateway.keeperPid());

        assertThat(gateway.awaitExit()).isEqualTo(75);
        assertThat(gateway.log()).anyMatch(line -> line.contains("there is a new build"));
    }

    private static void awaitLine(GatewayProcess gateway, String words) {
        Wait.until(
                () -> "the log says " + words + "; " + gateway.describe(),
                () -> gateway.log().stream().anyMatch(line -> line.contains(words)));
    }

    private static int generation(GatewayProcess gateway) {
        try {
            String body = gateway.get("/healthz").body();
            int at = body.indexOf("\"generation\":") + "\"generation\":".length();
            return Integer.parseInt(body.substring(at, body.indexOf(',', at)));
        } catch (IOException e) {
            return 0; // in the middle of a restart nobody listens
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
