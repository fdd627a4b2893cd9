package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** A secret opens the door as a header or in the first frame, and nowhere else. */
@Tag("S5")
class UrlSecretTest {
    private static final String SECRET = FakeGateway.TOKEN;

    private final TestServer server = new TestServer();

    @BeforeEach
    void switchOn() {
        server.gateway.config = FakeGateway.config(new Http(true, true, Embedding.NONE, Hooks.OFF));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient.Answer ask(String method, String target, String... headers)
            throws IOException {
        try (RawClient client = server.connect()) {
            return client.http(method, target, headers);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/?token=SECRET",
                "/?a=b&token=SECRET",
                "/?a=b;token=SECRET",
                "/?TOKEN=SECRET",
                "/?%74oken=SECRET",
                "/?access_token=SECRET",
                "/?accessToken=SECRET",
                "/?api_key=SECRET",
                "/?apikey=SECRET",
                "/?password=SECRET",
                "/?device-token=SECRET",
                "/?bootstrapToken=SECRET",
                "/chat?token=SECRET",
                "/control-ui-config.json?token=SECRET",
                "/v1/models?token=SECRET",
                "/v1/models?api_key=SECRET",
                "/tools/invoke?token=SECRET",
                "/metrics?token=SECRET",
                "/nowhere?token=SECRET"
            })
    void inAUrlItIsRefusedWithTheWayToSendIt(String target) throws Exception {
        String own = target.replace("SECRET", SECRET);

        RawClient.Answer answer = ask("GET", own);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("Authorization: Bearer", "auth.token");
        assertThat(answer.head() + answer.body()).doesNotContain(SECRET);
        assertThat(ask("GET", own, "Authorization: Bearer " + SECRET).status())
                .as("also from whom we know, so that nobody gets used to it")
                .isEqualTo(400);
        RawClient.Answer upgrade =
                ask(
                        "GET",
                        own,
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==");
        assertThat(upgrade.status()).isEqualTo(400);
        assertThat(upgrade.head() + upgrade.body()).doesNotContain(SECRET);
    }

    @Test
    void whatIsNoSecretIsLeftAlone() throws Exception {
        assertThat(ask("GET", "/?session=main&tokens=3&x=token").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie: token=SECRET",
                "Cookie: Authorization=Bearer%20SECRET; session=SECRET",
                "Authorization: Basic SECRET",
                "Authorization: SECRET",
                "Proxy-Authorization: Bearer SECRET",
                "Sec-WebSocket-Protocol: SECRET",
                "Referer: http://127.0.0.1/?token=SECRET"
            })
    void whatABrowserSendsByItselfOpensNothing(String header) throws Exception {
        RawClient.Answer answer = ask("GET", "/v1/models", header.replace("SECRET", SECRET));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.head() + answer.body()).doesNotContain(SECRET);
    }

    @Test
    void noCookieIsEverSet() throws Exception {
        for (String target : List.of("/", "/healthz", "/v1/models", "/nowhere", "/metrics")) {
            assertThat(ask("GET", target, "Authorization: Bearer " + SECRET).head())
                    .doesNotContainIgnoringCase("set-cookie");
        }
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade("Cookie: token=" + SECRET).head())
                    .doesNotContainIgnoringCase("set-cookie");
            var _ = client.readText();
            client.sendText(TestServer.connectFrame("cli", "cli", "", "operator.read"));
            assertThat(TestServer.answer(client, "c1").at("/error/details/code").asString())
                    .isEqualTo("DEVICE_IDENTITY_REQUIRED");
        }
    }

    @Test
    void whatIsSaidOfAWrongSecretDoesNotContainIt() throws Exception {
        String guess = "a-guess-that-must-not-come-back";
        try (RawClient client = server.greeted()) {
            client.sendText(TestServer.connectFrame("cli", "cli", guess, "operator.read"));
            assertThat(client.readText()).contains("AUTH_TOKEN_MISMATCH").doesNotContain(guess);
            assertThat(client.readClose().closeReason()).doesNotContain(guess, SECRET);
        }
        RawClient.Answer answer = ask("GET", "/v1/models", "Authorization: Bearer " + guess);
        assertThat(answer.head() + answer.body()).doesNotContain(guess, SECRET);
    }
}
