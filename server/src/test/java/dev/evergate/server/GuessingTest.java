package dev.evergate.server;

import static dev.evergate.server.TestServer.connectFrame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.testkit.net.DeviceKey;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Who tries secrets, of whatever kind and by whatever way: it gets slow, then it gets nothing. */
@Tag("S7")
class GuessingTest {
    private static final String HOOK = "a-hook-token-of-its-own";

    private final TestServer server = new TestServer();
    private String forwardedFor = "203.0.113.9";

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    /** Clients come through a proxy, whose word is believed. */
    private void behindAProxy() {
        ConfigSnapshot plain = FakeGateway.config(new Http(true, true, Embedding.NONE, hooks()));
        ConfigSnapshot.Gateway gateway = plain.gateway();
        server.gateway.config =
                new ConfigSnapshot(
                        plain.generation(),
                        plain.hash(),
                        new ConfigSnapshot.Gateway(
                                gateway.port(),
                                gateway.bindHost(),
                                gateway.tls(),
                                gateway.auth(),
                                List.of("127.0.0.1"),
                                gateway.controlUi(),
                                gateway.http()),
                        plain.providers(),
                        plain.agents(),
                        plain.operation(),
                        plain.problems());
    }

    private static Hooks hooks() {
        return new Hooks(
                true,
                Secret.of(HOOK),
                "/hooks",
                1_000,
                List.of("*"),
                Hooks.OFF.sessionKeys(),
                List.of());
    }

    private String forwarded() {
        return "X-Forwarded-For: " + forwardedFor;
    }

    private int http(String method, String target, String secret) throws IOException {
        try (RawClient client = server.connect()) {
            String bearer = "Authorization: Bearer " + secret;
            return (forwardedFor.isEmpty()
                            ? client.http(method, target, bearer, "Content-Length: 0")
                            : client.http(method, target, bearer, "Content-Length: 0", forwarded()))
                    .status();
        }
    }

    private String socket(String secret) throws IOException {
        try (RawClient client = server.greeted(forwarded())) {
            client.sendText(connectFrame("cli", "cli", secret, "operator.read"));
            return TestServer.answer(client, "c1").at("/error/details/code").asString("");
        }
    }

    private String device(DeviceKey key, String field, String secret) throws IOException {
        return new Guest(
                        key,
                        List.of(forwarded()),
                        List.of("cli", "cli", "linux"),
                        List.of(field, secret),
                        "operator",
                        List.of("operator.read"),
                        List.of())
                .outcome(server)
                .at("/error/details/code")
                .asString("");
    }

    @Test
    void guessesOfEveryKindAreOneCount() throws Exception {
        behindAProxy();
        String likeADevices = "x".repeat(43);
        for (int i = 0; i < 2; i++) {
            assertThat(http("POST", "/tools/invoke", "wrong")).isEqualTo(401);
            assertThat(http("POST", "/hooks/wake", "wrong")).isEqualTo(401);
            assertThat(http("GET", "/control-ui-config.json", likeADevices)).isNotEqualTo(429);
            assertThat(http("GET", "/v1/models", "wrong")).isEqualTo(401);
            assertThat(socket("wrong")).isEqualTo("AUTH_TOKEN_MISMATCH");
            assertThat(device(DeviceKey.make(), "deviceToken", likeADevices))
                    .isEqualTo("AUTH_DEVICE_TOKEN_MISMATCH");
        }

        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).isEqualTo(429);
        assertThat(http("POST", "/hooks/wake", HOOK)).isEqualTo(429);
        assertThat(http("POST", "/tools/invoke", FakeGateway.TOKEN)).isEqualTo(429);
        assertThat(socket(FakeGateway.TOKEN)).isEqualTo("AUTH_RATE_LIMITED");
        assertThat(device(DeviceKey.make(), "token", FakeGateway.TOKEN))
                .isEqualTo("AUTH_RATE_LIMITED");

        forwardedFor = "203.0.113.10";
        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).as("a neighbour").isEqualTo(200);
        forwardedFor = "203.0.113.9";
        server.world.forward(300_001);
        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "198.51.100.%d, 203.0.113.9",
                "127.0.0.1, 198.51.100.%d, 203.0.113.9",
                "unknown%d, ::ffff:203.0.113.9",
                "2001:db8:0:%d::1, 203.0.113.9, 127.0.0.1"
            })
    void whatAClientWritesItselfBeforeTheProxyDoesMakesItNobodyElse(String chain) throws Exception {
        behindAProxy();
        for (int i = 0; i < 10; i++) {
            forwardedFor = chain.formatted(i);
            assertThat(http("GET", "/v1/models", "wrong")).isEqualTo(401);
        }
        forwardedFor = chain.formatted(99);
        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).isEqualTo(429);
    }

    @Test
    void aNetworkOfOneHouseIsOneAddress() throws Exception {
        behindAProxy();
        for (int i = 0; i < 10; i++) {
            forwardedFor = "2001:db8:7:7:%x::%x".formatted(i * 4099, i + 1);
            assertThat(http("GET", "/v1/models", "wrong")).isEqualTo(401);
        }
        forwardedFor = "2001:db8:7:7::1";
        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).isEqualTo(429);
        forwardedFor = "2001:db8:7:8::1";
        assertThat(http("GET", "/v1/models", FakeGateway.TOKEN)).isEqualTo(200);
    }

    @Test
    void aDeviceThatGuessesFromManyPlacesIsOneDevice() throws Exception {
        behindAProxy();
        DeviceKey key = DeviceKey.make();
        for (int i = 0; i < 10; i++) {
            forwardedFor = "198.51.100." + i;
            assertThat(device(key, "deviceToken", "guess" + i))
                    .isEqualTo("AUTH_DEVICE_TOKEN_MISMATCH");
        }
        forwardedFor = "198.51.100.200";

        assertThat(device(key, "deviceToken", "guess")).isEqualTo("AUTH_RATE_LIMITED");
        assertThat(device(DeviceKey.make(), "deviceToken", "guess"))
                .as("another one, from there")
                .isEqualTo("AUTH_DEVICE_TOKEN_MISMATCH");
    }

    @Test
    void onThisMachineEachGuessIsAnsweredLaterAndNobodyIsLockedOut() throws Exception {
        forwardedFor = "";
        for (int delayMs = 300; delayMs <= 400; delayMs += 50) {
            long beforeNanos = server.world.time().nanos();
            assertThat(http("POST", "/tools/invoke", "wrong")).isEqualTo(401);
            assertThat((server.world.time().nanos() - beforeNanos) / 1_000_000)
                    .isGreaterThanOrEqualTo(delayMs - 10);
        }
        List<RawClient> crowd = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            crowd.add(server.connect());
            crowd.getLast()
                    .send(
                            "POST /tools/invoke HTTP/1.1\r\nHost: localhost:%d\r\n"
                                    .formatted(server.address.getPort()))
                    .send("Authorization: Bearer wrong\r\n\r\n");
        }
        for (RawClient client : crowd) {
            assertThat(client.readAnswer(false).status()).isEqualTo(401);
            client.close();
        }
        try (RawClient honest = server.admin()) {
            assertThat(TestServer.call(honest, "health", "{}").path("ok").asBoolean()).isTrue();
        }
        assertThat(http("GET", "/metrics", FakeGateway.TOKEN)).isEqualTo(200);
    }
}
