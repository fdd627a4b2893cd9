package dev.evergate.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.io.IOException;

class GatewayClientTest {
    private StandInGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = new StandInGateway();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
    }

    @Test
    void connectsAsTheProtocolWantsItAndCalls() {
        try (GatewayClient client = GatewayClient.open(gateway.url())) {
            JsonNode hello = client.hello(GatewayClient.connectParams("secret"));

            assertThat(hello.at("/auth/token").asString("")).isEqualTo("secret");
            assertThat(hello.at("/client/id").asString("")).isEqualTo("gateway-client");
            assertThat(client.call("echo", "{\"a\":1}").path("a").asInt()).isEqualTo(1);
        }
    }

    @Test
    void reportsErrorsWithTheirCode() {
        try (GatewayClient client = GatewayClient.connect(gateway.url(), "t")) {
            GatewayClient.CallFailed failure =
                    catchThrowableOfType(GatewayClient.CallFailed.class, () -> client.call("fail"));

            assertThat(failure.code()).isEqualTo("UNAVAILABLE");
        }
    }

    @Test
    void takesTwoAnswersToOneCall() {
        try (GatewayClient client = GatewayClient.connect(gateway.url(), "t")) {
            GatewayClient.Call call = client.start("twice", JsonNodeFactory.instance.objectNode());

            assertThat(call.next().path("status").asString("")).isEqualTo("accepted");
            assertThat(call.next().path("status").asString("")).isEqualTo("ok");
        }
    }

    @Test
    void takesEventsInOrderAndNoticesGaps() {
        try (GatewayClient client = GatewayClient.connect(gateway.url(), "t")) {
            JsonNode _ = client.call("tell");

            assertThat(client.await("news", news -> news.path("n").asInt() > 1).path("n").asInt())
                    .isEqualTo(2);
            assertThat(client.await("news", _ -> true).path("n").asInt()).isEqualTo(4);
            assertThat(client.seen()).hasSize(4);
            assertThat(client.gaps()).containsExactly("2 -> 4");
            assertThatThrownBy(() -> client.await("news", _ -> true, 10))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("no event news within 10 ms");
        }
    }

    @Test
    void tellsHowTheConnectionEnded() {
        try (GatewayClient client = GatewayClient.connect(gateway.url(), "t")) {
            client.send("{\"method\":\"close\"}");

            assertThat(client.awaitClose()).isEqualTo(new GatewayClient.Close(1012, "bye"));
        }
        try (GatewayClient client = GatewayClient.connect(gateway.url(), "t")) {
            client.send("{\"method\":\"die\"}");

            assertThat(client.awaitClose().code()).isEqualTo(1006);
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        gateway.close();

        assertThatThrownBy(() -> GatewayClient.open(gateway.url()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cannot connect to ws://127.0.0.1:");
    }
}
