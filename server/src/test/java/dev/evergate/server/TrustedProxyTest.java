package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.connectFrame;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.config.ConfigSnapshot.TrustedProxy;
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
import java.util.stream.Stream;

/** Mode "trusted-proxy": a proxy says who somebody is, and only the declared one is believed. */
@Tag("S2")
class TrustedProxyTest {
    private static final String PASSWORD = "the password of this machine";
    private static final TrustedProxy HERE =
            new TrustedProxy("x-user", List.of("x-proof"), List.of("nick", "zoe"), true);
    private static final List<String> NICK = List.of("X-User: nick", "X-Proof: signed");

    private final TestServer server = new TestServer();

    @BeforeEach
    void believeAProxyOnThisMachine() {
        server.gateway.config = behind(HERE, "127.0.0.1");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private static ConfigSnapshot behind(TrustedProxy proxy, String... addresses) {
        var auth =
                new Auth(Auth.Mode.TRUSTED_PROXY, Secret.of(PASSWORD), RateLimit.DEFAULTS, proxy);
        return FakeGateway.config(auth, List.of(), List.of(addresses));
    }

    private static String[] headers(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private JsonNode connect(String secret, String... headers) throws Exception {
        try (RawClient client = server.greeted(headers)) {
            client.sendText(connectFrame("cli", "cli", secret, "operator.read"));
            return json(client.readText());
        }
    }

    private static String why(JsonNode answer) {
        assertThat(answer.path("ok").asBoolean()).as("%s", answer).isFalse();
        return answer.at("/error/details/authReason").asString();
    }

    private int http(String... headers) throws Exception {
        try (RawClient client = server.connect()) {
            return client.http("GET", "/metrics", headers).status();
        }
    }

    private Visit visit(Guest guest, String... more) throws Exception {
        List<String> sent = List.of(headers(NICK, more));
        return new Guest(
                        guest.key(),
                        sent,
                        guest.client(),
                        List.of("token", ""),
                        guest.role(),
                        guest.scopes(),
                        List.of())
                .visit(server);
    }

    private void approve(Guest guest, String... more) throws Exception {
        try (Visit visit = visit(guest, more);
                RawClient owner = server.greeted()) {
            owner.sendText(connectFrame("cli", "cli", PASSWORD, "operator.admin"));
            assertThat(json(owner.readText()).path("ok").asBoolean()).isTrue();
            String request = visit.error().at("/details/requestId").asString();
            JsonNode approved =
                    call(owner, "device.pair.approve", "{\"requestId\":\"" + request + "\"}");
            assertThat(approved.path("ok").asBoolean()).as("%s", approved).isTrue();
        }
    }

    @Test
    void letsInWhomTheProxyNamesAndShowsWhoItIs() throws Exception {
        Guest guest = Guest.local("operator.read").as("openclaw-tui", "ui", "linux");
        approve(guest);

        try (Visit visit = visit(guest)) {
            assertThat(visit.auth().path("method").asString()).isEqualTo("trusted-proxy");
            assertThat(visit.auth().path("scopes").toString()).isEqualTo("[\"operator.read\"]");
            JsonNode present = call(visit.client(), "system-presence", "{}").path("payload");
            assertThat(present.path(1).path("user").asString()).as("%s", present).isEqualTo("nick");
        }
        assertThat(http(headers(NICK))).isEqualTo(200);
    }

    @Test
    void givesNoScopesToWhomTheProxyNamesWithoutADevice() throws Exception {
        JsonNode hello = connect("", headers(NICK));

        assertThat(hello.at("/payload/auth/method").asString()).isEqualTo("trusted-proxy");
        assertThat(hello.at("/payload/auth/scopes").isEmpty()).isTrue();
    }

    @Test
    void takesTheUsersHeaderForASignOfAProxyAlsoWithoutAnyOther() throws Exception {
        // Some proxies say nothing else, and call the gateway localhost: its user is elsewhere.
        try (Visit visit = visit(Guest.local("operator.admin"))) {
            assertThat(visit.detail()).isEqualTo("PAIRING_REQUIRED");
        }
    }

    @Test
    void believesNoProxyOnThisMachineUnlessThatIsAllowed() throws Exception {
        server.gateway.config =
                behind(new TrustedProxy("x-user", List.of(), List.of(), false), "127.0.0.1");

        JsonNode refused = connect("", headers(NICK));
        assertThat(why(refused)).isEqualTo("trusted_proxy_loopback_source");
        assertThat(refused.at("/error/message").asString())
                .contains("gateway.auth.trustedProxy.allowLoopback");
        assertThat(http(headers(NICK))).isEqualTo(401);
    }

    @Test
    void closesWhomAnUndeclaredProxyForwards() throws Exception {
        server.gateway.config = behind(HERE, "192.0.2.1");
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade(headers(NICK)).status()).isEqualTo(101);

            RawClient.Frame end = client.readClose();
            assertThat(end.closeCode()).isEqualTo(1008);
            assertThat(end.closeReason()).isEqualTo("gateway ingress attribution required");
        }
        assertThat(http(headers(NICK))).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User: nick|X-User: nick",
                "X-User: mallory|X-User: nick",
                "X-User: mallory, nick",
                "X-User: |X-Forwarded-For: 192.0.2.9",
                "X-Forwarded-For: 192.0.2.9"
            })
    void refusesAUserThatIsNotNamedOnceAndClearly(String sent) throws Exception {
        String[] forged = (sent + "|X-Proof: signed").split("\\|");

        assertThat(why(connect("", forged))).isEqualTo("trusted_proxy_user_missing");
        assertThat(http(forged)).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User: nick", "X-User: nick|X-Proof: "})
    void refusesAUserWithoutTheHeadersThatOnlyTheProxySends(String sent) throws Exception {
        assertThat(why(connect("", sent.split("\\|")))).isEqualTo("trusted_proxy_user_missing");
        assertThat(http(sent.split("\\|"))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mallory", "NICK", "nick2"})
    void refusesAUserThatIsNotListed(String user) throws Exception {
        String[] sent = {"X-User: " + user, "X-Proof: signed"};

        assertThat(why(connect("", sent))).isEqualTo("trusted_proxy_user_not_allowed");
        assertThat(http(sent)).isEqualTo(401);
    }

    @Test
    void takesNoSecretFromWhoComesThroughTheProxy() throws Exception {
        String[] sent = {"X-User: mallory", "X-Proof: signed"};

        assertThat(why(connect(PASSWORD, sent))).isEqualTo("trusted_proxy_user_not_allowed");
        assertThat(http(sent[0], sent[1], "Authorization: Bearer " + PASSWORD)).isEqualTo(401);
    }

    @Test
    void takesThePasswordOfProgramsOnThisMachine() throws Exception {
        JsonNode hello = connect(PASSWORD);

        assertThat(hello.at("/payload/auth/method").asString()).isEqualTo("password");
        assertThat(hello.at("/payload/auth/scopes").toString()).isEqualTo("[\"operator.read\"]");
        assertThat(http("Authorization: Bearer " + PASSWORD)).isEqualTo(200);
        assertThat(why(connect("another"))).isEqualTo("password_mismatch");
        assertThat(http()).isEqualTo(401);
    }

    @Test
    void keepsAUserWithinTheScopesTheProxySets() throws Exception {
        String limit = "x-openclaw-scopes: operator.read";
        Guest guest = Guest.local("operator.read", "operator.admin");
        approve(guest, limit);

        try (Visit visit = visit(guest, limit)) {
            assertThat(visit.auth().path("scopes").toString()).isEqualTo("[\"operator.read\"]");
        }
        assertThat(http(headers(NICK, limit))).isEqualTo(200);
        assertThat(http(headers(NICK, "x-openclaw-scopes: operator.talk"))).isEqualTo(403);
        assertThat(http(headers(NICK, "x-openclaw-scopes:"))).as("none at all").isEqualTo(403);
        assertThat(http(headers(NICK, limit, "x-openclaw-scopes: operator.talk")))
                .as("the second one may be the user's own")
                .isEqualTo(403);
    }

    @Test
    @Tag("I38")
    void endsAUserThatIsNotListedAnyMoreAndNobodyElse() throws Exception {
        try (RawClient nick = server.greeted(headers(NICK));
                RawClient zoe = server.greeted("X-User: zoe", "X-Proof: signed")) {
            for (RawClient each : List.of(nick, zoe)) {
                each.sendText(connectFrame("cli", "cli", "", "operator.read"));
                assertThat(json(each.readText()).path("ok").asBoolean()).isTrue();
            }

            server.gateway.config =
                    behind(
                            new TrustedProxy("x-user", List.of("x-proof"), List.of("zoe"), true),
                            "127.0.0.1");
            server.server.reconsider();

            assertThat(nick.readClose().closeCode()).isEqualTo(4001);
            assertThat(call(zoe, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    @Tag("I38")
    void endsEverybodyWhenTheProxyNamesUsersInAnotherWay() throws Exception {
        for (TrustedProxy other :
                List.of(
                        new TrustedProxy("x-other", List.of("x-proof"), List.of("nick"), true),
                        new TrustedProxy("x-user", List.of(), List.of("nick"), true),
                        new TrustedProxy("x-user", List.of("x-proof"), List.of("nick"), false))) {
            believeAProxyOnThisMachine();
            try (RawClient nick = server.greeted(headers(NICK))) {
                nick.sendText(connectFrame("cli", "cli", "", "operator.read"));
                assertThat(json(nick.readText()).path("ok").asBoolean()).isTrue();

                server.gateway.config = behind(other, "127.0.0.1");
                server.server.reconsider();

                assertThat(nick.readClose().closeReason()).isEqualTo("gateway auth changed");
            }
        }
    }
}
