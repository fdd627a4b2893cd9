package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the bodies of requests come in, and what is admitted at the same time. */
class BodyTest {
    private static final String TOOLS = "/tools/invoke";
    private static final String COMPLETIONS = "/v1/chat/completions";

    private final TestServer server = new TestServer();

    @BeforeEach
    void switchOn() {
        server.gateway.config =
                FakeGateway.config(new Http(true, false, Embedding.NONE, Hooks.OFF));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient post(String path, String... headers) throws IOException {
        RawClient client = server.connect();
        client.send(
                "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n"
                        .formatted(
                                path,
                                server.address.getPort(),
                                FakeGateway.TOKEN,
                                String.join("\r\n", headers)));
        return client;
    }

    @Test
    void readsABodyThatComesInPieces() throws Exception {
        try (RawClient client = post(TOOLS, "Content-Length: 15")) {
            client.send("{\"tool\":");
            Wait.until("it is waited for", () -> server.server.requests() == 1);
            client.send("\"nope\"}");

            assertThat(client.readAnswer(false).status()).isEqualTo(404);
        }
        try (RawClient client = post(TOOLS, "Transfer-Encoding: chunked")) {
            client.send("8\r\n{\"tool\":\r\n7\r\n\"nope\"}\r\n0\r\n\r\n");

            assertThat(client.readAnswer(false).body())
                    .isEqualTo(
                            "{\"ok\":false,\"error\":{\"type\":\"not_found\","
                                    + "\"message\":\"Tool not available: nope\"}}");
        }
    }

    @Test
    void asksForABodyThatWaitsToBeAskedFor() throws Exception {
        try (RawClient client = post(TOOLS, "Expect: 100-continue", "Content-Length: 2")) {
            assertThat(client.readAnswer(false).status()).isEqualTo(100);
            client.send("{}");

            assertThat(client.readAnswer(false).status()).isEqualTo(400);
        }
    }

    @Test
    @Tag("S19")
    void refusesABodyThatIsTooLargeBeforeItHasCome() throws Exception {
        try (RawClient client = post(TOOLS, "Expect: 100-continue", "Content-Length: 2097153")) {
            RawClient.Answer answer = client.readAnswer(false);

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).contains("2,097,152 bytes");
            assertThat(client.isEnded()).isTrue();
        }
        try (RawClient client = post(TOOLS, "Transfer-Encoding: chunked")) {
            client.send("200001\r\n" + "x".repeat(0x200001) + "\r\n");

            assertThat(client.readAnswer(false).status()).isEqualTo(413);
        }
    }

    @Test
    void doesNotReadTheBodyOfWhomItDoesNotKnow() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 1000000\r\n\r\n{"
                            .formatted(TOOLS, server.address.getPort()));

            assertThat(client.readAnswer(false).status()).isEqualTo(401);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    @Tag("S19")
    void givesUpABodyThatDoesNotCome() throws Exception {
        try (RawClient client = post(TOOLS, "Content-Length: 15")) {
            client.send("{");
            Wait.until("it is waited for", () -> server.server.requests() == 1);
            server.world.forward(31_000);

            assertThat(client.isEnded()).isTrue();
        }
        Wait.until("it is forgotten", () -> server.server.requests() == 0);
    }

    @Test
    @Tag("S19")
    void boundsWhatAllBodiesTogetherHold() throws Exception {
        String large = "Content-Length: 20000000";
        String most = "x".repeat(19_000_000);
        try (RawClient first = post(COMPLETIONS, large)) {
            first.send(most);
            try (RawClient second = post(COMPLETIONS, large)) {
                second.send(most);
                RawClient.Answer answer = second.readAnswer(false);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.head()).contains("Retry-After: ");
            }
        }
        Wait.until("the first is forgotten", () -> server.server.requests() == 0);
        try (RawClient third = post(COMPLETIONS, large)) {
            third.send("x".repeat(20_000_000));

            assertThat(third.readAnswer(false).status()).isEqualTo(400);
        }
    }

    @Test
    @Tag("S19")
    void boundsHowManyAreWorkedOnAndLeavesRoomForWebSockets() throws Exception {
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            waiting.add(post(TOOLS, "Content-Length: 15"));
        }
        Wait.until("all are waited for", () -> server.server.requests() == 256);

        try (RawClient late = post(TOOLS, "Content-Length: 0");
                RawClient other = server.admin()) {
            assertThat(late.readAnswer(false).status()).isEqualTo(503);
            assertThat(TestServer.call(other, "health", "{}").path("ok").asBoolean()).isTrue();
        }
        for (RawClient client : waiting) {
            client.close();
        }
    }

    /** Who holds the place of a request must have a secret, or be worked on at once. */
    @Test
    @Tag("S6")
    void givesNoPlaceToWhoseBodyNobodyWants() throws Exception {
        server.gateway.config =
                FakeGateway.config(
                        new ControlUi(List.of(), true, "", Optional.of(Path.of("/nowhere"))));
        String guess = "Authorization: Bearer " + "x".repeat(43); // perhaps that of a device
        for (String path : List.of("/control-ui-config.json", "/", "/assets/a.js")) {
            for (String body : List.of("Transfer-Encoding: chunked", "Content-Length: 9")) {
                try (RawClient client = server.connect()) {
                    RawClient.Answer answer = client.http("GET", path, guess, body);
                    assertThat(answer.status()).isEqualTo(400);
                    assertThat(answer.body()).contains("must not have a body");
                    assertThat(server.server.requests()).isZero();
                }
            }
        }
    }

    @Test
    void isNotPushedOutByStrangers() throws Exception {
        try (RawClient client = post(TOOLS, "Content-Length: 15")) {
            Wait.until("it is waited for", () -> server.server.requests() == 1);
            server.world.forward(11_000); // strangers have to have asked by then
            Wait.until("a scan has passed", () -> visitors() == 0);
            client.send("{\"tool\":\"nope\"}");

            assertThat(client.readAnswer(false).status()).isEqualTo(404);
        }
    }

    private int visitors() {
        try {
            return server.server.visitors();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
