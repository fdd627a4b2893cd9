package dev.evergate.server;

import static dev.evergate.server.TestServer.connectFrame;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Mode "none": every program of this machine may do everything, and nobody else anything. */
@Tag("S2")
class NoAuthenticationTest {
    private static final Auth NONE = new Auth(Auth.Mode.NONE, Secret.none());

    private final TestServer server = new TestServer();

    @BeforeEach
    void askNobody() {
        server.gateway.config = FakeGateway.config(NONE, List.of(), List.of("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private int http(String... headers) throws Exception {
        try (RawClient client = server.connect()) {
            return client.http("GET", "/metrics", headers).status();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"token\":\"\"", "\"token\":\"of another day\""})
    void letsInProgramsOfThisMachineWhateverTheyShow(String auth) throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(
                    connectFrame("cli", "cli", "", "operator.admin")
                            .replace("\"token\":\"\"", auth));

            JsonNode hello = json(client.readText());
            assertThat(hello.at("/payload/auth/method").asString()).isEqualTo("none");
            assertThat(hello.at("/payload/auth/scopes").toString())
                    .isEqualTo("[\"operator.admin\"]");
        }
        assertThat(http()).isEqualTo(200);
        assertThat(http("Authorization: Bearer " + "x".repeat(43))).isEqualTo(200);
    }

    @Test
    void pairsDevicesOfThisMachineByTheWay() throws Exception {
        Guest page =
                Guest.local("operator.read")
                        .showing("token", "")
                        .as("openclaw-control-ui", "webchat", "web")
                        .from("http://127.0.0.1:" + server.address.getPort());
        try (Visit visit = page.visit(server)) {
            assertThat(visit.auth().path("method").asString()).isEqualTo("none");
            assertThat(visit.token()).hasSize(43);
        }
    }

    @Test
    void letsNobodyInWhomAProxyForwards() throws Exception {
        String forwarded = "X-Forwarded-For: 203.0.113.9";
        try (RawClient client = server.greeted(forwarded)) {
            client.sendText(connectFrame("cli", "cli", "", "operator.read"));

            JsonNode error = json(client.readText()).path("error");
            assertThat(error.at("/details/authReason").asString()).isEqualTo("not_local");
            assertThat(error.path("message").asString())
                    .contains("evergate config set gateway.auth.mode token");
        }
        assertThat(http(forwarded)).isEqualTo(401);
        assertThat(http(forwarded, "Authorization: Bearer ")).isEqualTo(401);
    }

    @Test
    @Tag("S4")
    void givesPagesFromElsewhereNothing() throws Exception {
        String origin = "Origin: https://evil.example";
        try (RawClient client = server.greeted(origin)) {
            client.sendText(connectFrame("cli", "cli", "", "operator.read"));

            assertThat(json(client.readText()).at("/error/details/code").asString())
                    .isEqualTo("CONTROL_UI_ORIGIN_NOT_ALLOWED");
        }
        assertThat(http(origin)).isEqualTo(403);
    }

    @Test
    @Tag("S4")
    void givesPagesFromElsewhereNothingAlsoWhereBrowsersSendNoOrigin() throws Exception {
        assertThat(http("Sec-Fetch-Site: cross-site")).isEqualTo(403);
        assertThat(http("Sec-Fetch-Site: same-site")).isEqualTo(403);
        assertThat(http("Sec-Fetch-Site: same-origin")).isEqualTo(200);
        assertThat(http("Sec-Fetch-Site: none")).as("typed by a person").isEqualTo(200);
    }

    @Test
    @Tag("I38")
    void endsEverybodyWhenSecretsAreWantedAgain() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", "", "operator.read"));
            assertThat(json(client.readText()).path("ok").asBoolean()).isTrue();

            server.gateway.config = FakeGateway.config(List.of(), List.of());
            server.server.reconsider();

            assertThat(client.readClose().closeReason()).isEqualTo("gateway auth changed");
        }
    }
}
