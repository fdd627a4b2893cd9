package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.time.Wait;

import tools.jackson.databind.JsonNode;

import java.util.stream.Stream;

/** Messages that a client sends, each in a conversation of its own that is named by its text. */
final class Turns {
    private Turns() {}

    static void send(GatewayClient client, String text) {
        JsonNode sent =
                client.call(
                        "chat.send",
                        "{\"sessionKey\":\"agent:main:%s\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                                .formatted(key(text), text, key(text)));
        assertThat(sent.path("runId").asString()).isEqualTo(key(text));
    }

    /** Sends and waits for the end. */
    static JsonNode end(GatewayClient client, String text) {
        send(client, text);
        return awaitEnd(client, text);
    }

    static JsonNode awaitEnd(GatewayClient client, String text) {
        Wait.until(
                () -> "the turn " + key(text) + " ends; " + client.seen(),
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

    private static String key(String text) {
        return "run-" + text.replace(' ', '-');
    }
}
