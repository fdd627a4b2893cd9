package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Another secret comes into force while clients are there that came with the old one. */
@Tag("S2")
@Tag("I38")
class RotationTest {
    private static final long IN_TIME_MS = 5_000;

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

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

    private void rotate() {
        ConfigSnapshot before = server.gateway.config;
        ConfigSnapshot.Gateway gateway = before.gateway();
        server.gateway.config =
                new ConfigSnapshot(
                        before.generation() + 1,
                        before.hash(),
                        new ConfigSnapshot.Gateway(
                                gateway.port(),
                                gateway.bindHost(),
                                gateway.tls(),
                                new Auth(Auth.Mode.TOKEN, Secret.of("another one")),
                                gateway.trustedProxies(),
                                gateway.controlUi(),
                                gateway.http()),
                        before.providers(),
                        before.agents(),
                        before.operation(),
                        before.problems());
        server.server.reconsider();
    }

    private InputStream stream() throws Exception {
        return talk.open(
                "/v1/chat/completions",
                """
                {"model":"openclaw","stream":true,"messages":[{"role":"user","content":"hello"}]}""");
    }

    @Test
    void endsAStreamThatCameWithTheOldOne() throws Exception {
        try (InputStream stream = stream()) {
            assertThat(stream.read()).isNotNegative();

            rotate();

            Wait.until(
                    "nobody is served any more", IN_TIME_MS, () -> server.server.requests() == 0);
            assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void letsAStreamBeWhileTheSecretStays() throws Exception {
        try (InputStream stream = stream()) {
            assertThat(stream.read()).isNotNegative();

            server.server.reconsider();

            String run = server.gateway.messages.keySet().iterator().next();
            server.gateway.endRun(FakeGateway.end(run, Turn.State.DONE, "whole answer", ""));
            assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("whole answer", "[DONE]");
        }
    }

    @Test
    void answersWhatWasAskedBeforeItEndsAConnection() throws Exception {
        server.gateway.gate = new CountDownLatch(1);
        try (RawClient client = server.admin()) {
            client.sendText(
                    """
                    {"type":"req","id":"1","method":"chat.send","params":{"sessionKey":"main",
                     "message":"m","idempotencyKey":"k"}}""");
            Wait.until("it is being worked on", () -> server.gateway.come.get() == 1);

            rotate();
            server.gateway.gate.countDown();

            assertThat(TestServer.answer(client, "1").path("ok").asBoolean()).isTrue();
            assertThat(client.readClose().closeCode()).isEqualTo(4001);
        }
    }
}
