package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/**
 * The generation is killed in the middle of answers; the test keeps its own account of what it was
 * told.
 */
@Tag("process")
class KillNineTest {
    private static final int KILLS = 10;
    private static final int WORDS = 40;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Tag("I17")
    @Tag("I18")
    @Tag("I24")
    void anAnswerThatIsCutTenTimesIsGivenAndNothingIsLostOrDoubled() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(WORDS, 40))) {
            GatewayProcess gateway =
                    gateways.startReady(GatewayProcess.launch().config(Configs.with(model)));
            List<String> acknowledged = new ArrayList<>();
            Replica replica = new Replica();
            for (int kill = 0; kill < KILLS; kill++) {
                GatewayClient client = gateway.connect();
                replica.catchUp(client);
                String key = "kill-" + kill;
                send(client, key);
                acknowledged.add(key);
                client.await("chat", chat -> isDelta(chat, key));
                gateway.killGeneration();
                gateway.awaitReady();
                client.drop();
            }
            GatewayClient client = gateway.connect();
            for (String key : acknowledged) {
                JsonNode end =
                        client.call(
                                "agent.wait",
                                "{\"runId\":\"%s\",\"timeoutMs\":25000}".formatted(key));
                assertThat(end.path("status").asString()).as("fate of %s", key).isEqualTo("ok");
            }
            replica.catchUp(client);

            JsonNode history = history(client, "");
            assertThat(userTexts(history))
                    .containsExactlyElementsOf(
                            acknowledged.stream().map(KillNineTest::text).toList());
            assertThat(answers(history))
                    .hasSize(KILLS)
                    .allMatch(answer -> answer.endsWith("w" + WORDS));
            assertThat(replica.rows).isEqualTo(rows(history));
            assertThat(positions(history)).isEqualTo(countingUpTo(2 * KILLS));
            client.close();
        }
    }

    @Test
    @Tag("I5")
    void noConnectionIsRefusedWhileTheGenerationIsKilled() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        try (var probe = Prober.start(gateway.url())) {
            for (int kill = 0; kill < 3; kill++) {
                gateway.killGeneration();
                gateway.awaitReady();
            }
            assertThat(probe.stop().refused()).as(probe.toString()).isZero();
            assertThat(probe.asked()).as(probe.toString()).isGreaterThan(100);
        }
    }

    @Test
    @Tag("I25")
    void theSameKeyIsTheSameMessageAfterTheGenerationWasKilled() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.text("once"))) {
            GatewayProcess gateway =
                    gateways.startReady(GatewayProcess.launch().config(Configs.with(model)));
            GatewayClient client = gateway.connect();
            send(client, "the-key");
            client.await("chat", chat -> chat.path("state").asString("").equals("final"));
            gateway.killGeneration();
            gateway.awaitReady();

            GatewayClient again = gateway.connect();
            JsonNode repeated = send(again, "the-key");

            assertThat(repeated.path("status").asString()).isEqualTo("ok");
            assertThat(userTexts(history(again, ""))).containsExactly(text("the-key"));
            assertThat(model.requests()).hasSize(1);
        }
    }

    private static JsonNode send(GatewayClient client, String key) {
        return client.call(
                "chat.send",
                "{\"sessionKey\":\"main\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                        .formatted(text(key), key));
    }

    private static String text(String key) {
        return "message " + key;
    }

    private static boolean isDelta(JsonNode chat, String runId) {
        return chat.path("state").asString("").equals("delta")
                && chat.path("runId").asString("").equals(runId);
    }

    private static JsonNode history(GatewayClient client, String cursor) {
        String more = cursor.isEmpty() ? "" : ",\"cursor\":\"" + cursor + "\"";
        return client.call("chat.history", "{\"sessionKey\":\"main\",\"limit\":1000" + more + "}");
    }

    private static List<String> rows(JsonNode history) {
        List<String> rows = new ArrayList<>();
        history.path("messages").forEach(row -> rows.add(line(row)));
        return rows;
    }

    private static String line(JsonNode row) {
        return row.path("role").asString() + ": " + said(row);
    }

    private static List<String> userTexts(JsonNode history) {
        return said(history, "user");
    }

    private static List<String> answers(JsonNode history) {
        return said(history, "assistant");
    }

    private static List<String> said(JsonNode history, String role) {
        List<String> texts = new ArrayList<>();
        history.path("messages")
                .forEach(
                        row -> {
                            if (row.path("role").asString().equals(role)) {
                                texts.add(said(row));
                            }
                        });
        return texts;
    }

    private static String said(JsonNode row) {
        JsonNode content = row.path("content");
        return content.isString() ? content.asString() : content.path(0).path("text").asString();
    }

    private static List<Long> positions(JsonNode history) {
        List<Long> positions = new ArrayList<>();
        history.path("messages")
                .forEach(row -> positions.add(row.path("__openclaw").path("seq").asLong()));
        return positions;
    }

    private static List<Long> countingUpTo(long last) {
        List<Long> numbers = new ArrayList<>();
        for (long number = 1; number <= last; number++) {
            numbers.add(number);
        }
        return numbers;
    }

    /** What a client knows that comes back with its cursor each time. */
    private static final class Replica {
        private final List<String> rows = new ArrayList<>();
        private String cursor = "";

        void catchUp(GatewayClient client) {
            JsonNode history = history(client, cursor);
            if (cursor.isEmpty()) {
                rows.addAll(rows(history));
            } else {
                assertThat(history.path("kind").asString()).isEqualTo("delta");
                history.path("messages").forEach(told -> rows.add(line(told.path("message"))));
            }
            cursor = history.path("deltaCursor").asString("");
        }
    }
}
