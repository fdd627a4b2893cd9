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

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file is edited while people chat. */
@Tag("process")
class ConfigReloadTest {
    @RegisterExtension final Gateways gateways = new Gateways();
    private final FakeOpenAi before = FakeOpenAi.start();
    private final FakeOpenAi after = FakeOpenAi.start();

    @AfterEach
    void close() {
        before.close();
        after.close();
    }

    @Test
    @Tag("I33")
    void anEditedFileIsInForceForTheNextMessageAndNobodyIsDisconnected() throws Exception {
        before.always(ModelScript.text("from the one before"));
        after.always(ModelScript.text("from the one after"));
        GatewayProcess gateway =
                gateways.startReady(GatewayProcess.launch().config(Configs.with(before)));
        long generation = gateway.generationPid();
        try (GatewayClient client = connect(gateway)) {
            assertThat(answer(client, "first")).contains("from the one before");

            Files.writeString(file(gateway), Configs.with(after));
            JsonNode changed = client.await("config.changed", _ -> true);

            assertThat(changed.path("plan").asString(""))
                    .matches("config 1 -> 2 by file: models\\.providers\\.fake\\.baseUrl \\(.*\\)");
            assertThat(answer(client, "second")).contains("from the one after");
            assertThat(client.isOpen()).isTrue();
            assertThat(client.gaps()).isEmpty();
            JsonNode status = client.call("config.history");
            assertThat(status.at("/entries/0/by").asString("")).isEqualTo("file");
            assertThat(status.at("/entries/0/inForce").asBoolean(false)).isTrue();
        }
        assertThat(gateway.generationPid()).isEqualTo(generation);
    }

    @Test
    @Tag("I34")
    void aBrokenFileChangesNothingNowOrAtTheNextStart() throws Exception {
        before.always(ModelScript.text("as before"));
        GatewayProcess gateway =
                gateways.startReady(GatewayProcess.launch().config(Configs.with(before)));
        try (GatewayClient client = connect(gateway)) {
            Files.writeString(file(gateway), "{ gateway: {\n  oops");

            Wait.until("the problem is told", () -> tells(gateway, "line 2"));
            assertThat(answer(client, "first")).contains("as before");
        }
        long generation = gateway.killGeneration();
        gateway.awaitReady();

        assertThat(gateway.generationPid()).isNotEqualTo(generation);
        assertThat(tells(gateway, "line 2")).isTrue();
        try (GatewayClient client = connect(gateway)) {
            assertThat(answer(client, "second")).contains("as before");

            Files.writeString(file(gateway), Configs.with(before) + "// mended\n");
            Wait.until("it is mended", () -> !tells(gateway, "config-problem"));
        }
    }

    private static GatewayClient connect(GatewayProcess gateway) {
        return GatewayClient.connect(gateway.url(), "a-test-token");
    }

    private static Path file(GatewayProcess gateway) {
        return gateway.stateDir().resolve("evergate.json");
    }

    private static boolean tells(GatewayProcess gateway, String notice) {
        try {
            return gateway.get("/readyz").body().contains(notice);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String answer(GatewayClient client, String key) {
        JsonNode _ =
                client.call(
                        "chat.send",
                        """
                        {"sessionKey":"main","message":"hello","idempotencyKey":"%s"}"""
                                .formatted(key));
        return client.await(
                        "chat",
                        chat ->
                                chat.path("runId").asString("").equals(key)
                                        && chat.path("state").asString("").equals("final"))
                .at("/message/content/0/text")
                .asString("");
    }
}
