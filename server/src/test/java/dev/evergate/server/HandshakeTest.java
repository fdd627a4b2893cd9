package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.connectFrame;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class HandshakeTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void saysHelloToTheCommandLineAndAnswersHealth() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade().status()).isEqualTo(101);
            JsonNode challenge = json(client.readText());
            assertThat(challenge.path("event").asString()).isEqualTo("connect.challenge");
            assertThat(challenge.path("payload").path("ts").isIntegralNumber()).isTrue();
            assertThat(challenge.has("seq")).isFalse();

            client.sendText(connectFrame("cli", "cli", FakeGateway.TOKEN, "operator.read"));
            JsonNode hello = json(client.readText()).path("payload");
            assertThat(hello.path("type").asString()).isEqualTo("hello-ok");
            assertThat(hello.path("auth").path("scopes").toString())
                    .isEqualTo("[\"operator.read\"]");

            JsonNode health = call(client, "health", "{}");
            assertThat(health.path("payload").path("ok").asBoolean()).isTrue();
        }
        assertThat(server.faults).isEmpty();
    }
}
