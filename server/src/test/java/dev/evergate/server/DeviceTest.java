package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Devices on this machine and their tokens. */
class DeviceTest {
    private final TestServer server = new TestServer();
    private final Guest guest = Guest.local("operator.read", "operator.write");

    @BeforeEach
    void trustTheProxy() {
        server.gateway.config = FakeGateway.config(List.of(), List.of("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private Guest byToken(Guest of) throws Exception {
        try (Visit visit = of.visit(server)) {
            return of.showing("token", visit.token());
        }
    }

    private String detail(Guest of) throws Exception {
        try (Visit visit = of.visit(server)) {
            return visit.detail();
        }
    }

    private JsonNode paired(String deviceId) throws Exception {
        try (RawClient owner = server.admin()) {
            return call(owner, "device.pair.list", "{}")
                    .at("/payload/paired")
                    .valueStream()
                    .filter(device -> device.path("deviceId").asString().equals(deviceId))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void pairsADeviceOfThisMachineAtOnceAndAlwaysGivesItTheSameToken() throws Exception {
        try (Visit first = guest.visit(server);
                Visit again = guest.visit(server)) {
            assertThat(first.auth().path("method").asString()).isEqualTo("token");
            assertThat(first.auth().path("scopes").toString())
                    .isEqualTo("[\"operator.read\",\"operator.write\"]");
            assertThat(first.token()).matches("[A-Za-z0-9_-]{43}");
            assertThat(first.auth().path("issuedAtMs").isIntegralNumber()).isTrue();
            assertThat(again.token()).isEqualTo(first.token());
        }
        JsonNode device = paired(guest.id());
        assertThat(device.path("approvedVia").asString()).isEqualTo("silent");
        assertThat(device.path("role").asString()).isEqualTo("operator");
        assertThat(device.path("clientId").asString()).isEqualTo("cli");
        assertThat(device.at("/tokens/0/scopes").toString())
                .isEqualTo("[\"operator.read\",\"operator.write\"]");
    }

    @Test
    void keepsNoTokenButItsHash() throws Exception {
        try (Visit visit = guest.visit(server);
                RawClient owner = server.admin()) {
            assertThat(server.gateway.journal.devices().list().toString())
                    .contains(guest.id())
                    .doesNotContain(visit.token());
            assertThat(call(owner, "device.pair.list", "{}").toString())
                    .contains(guest.id())
                    .doesNotContain(visit.token());
        }
    }

    @Test
    void letsADeviceInByItsTokenInEitherField() throws Exception {
        String token;
        try (Visit visit = guest.visit(server)) {
            token = visit.token();
        }
        for (String field : List.of("token", "deviceToken")) {
            Guest narrower = guest.showing(field, token).wanting("operator.read");
            try (Visit visit = narrower.visit(server)) {
                assertThat(visit.auth().path("method").asString()).isEqualTo("device-token");
                assertThat(visit.auth().path("scopes").toString()).isEqualTo("[\"operator.read\"]");
                assertThat(visit.token()).isEqualTo(token);
                assertThat(call(visit.client(), "status", "{}").path("ok").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void aTokenIsOfNoUseToAnotherDeviceOrRole() throws Exception {
        Guest holder = byToken(guest);
        String token = holder.auth().get(1);
        Guest other = Guest.local("operator.read");
        JsonNode _ = other.outcome(server); // paired as well

        assertThat(detail(other.showing("token", token))).isEqualTo("AUTH_TOKEN_MISMATCH");
        assertThat(detail(other.showing("deviceToken", token)))
                .isEqualTo("AUTH_DEVICE_TOKEN_MISMATCH");
        assertThat(detail(holder.as("node-host", "node", "linux").inRole("node").wanting()))
                .isEqualTo("AUTH_TOKEN_MISMATCH");
    }

    @Test
    void aTokenGivesNoMoreThanWasAllowed() throws Exception {
        try (Visit visit = byToken(guest).wanting("operator.admin").visit(server)) {
            assertThat(visit.error().path("message").asString())
                    .isEqualTo(
                            "unauthorized: device token scope mismatch (re-pair or approve scope"
                                    + " upgrade)");
            assertThat(visit.detail()).isEqualTo("AUTH_SCOPE_MISMATCH");
            assertThat(visit.client().readClose().closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void theSharedSecretOnThisMachineAllowsMoreUnderANewToken() throws Exception {
        Guest holder = byToken(guest);
        try (Visit more = guest.wanting("operator.admin").visit(server)) {
            assertThat(more.auth().path("scopes").toString()).isEqualTo("[\"operator.admin\"]");
            assertThat(more.token()).isNotEqualTo(holder.auth().get(1));
        }
        assertThat(detail(holder)).isEqualTo("AUTH_TOKEN_MISMATCH");
        assertThat(paired(guest.id()).at("/tokens/0/scopes").size()).isEqualTo(3);
    }

    @Test
    void doesNotPairTheProgramsOfThisMachine() throws Exception {
        Guest backend = guest.as("gateway-client", "backend", "linux");
        try (Visit visit = backend.visit(server);
                RawClient owner = server.admin()) {
            assertThat(visit.auth().path("scopes").size()).isEqualTo(2);
            assertThat(visit.token()).isEmpty();
            assertThat(call(owner, "device.pair.list", "{}").at("/payload").toString())
                    .isEqualTo("{\"pending\":[],\"paired\":[]}");
        }
    }

    @Test
    void pairsWebPagesTerminalsAndNodes() throws Exception {
        Guest page =
                guest.as("openclaw-control-ui", "webchat", "Linux x86_64")
                        .from("http://127.0.0.1:" + server.address.getPort());
        Guest terminal = Guest.local("operator.admin").as("openclaw-tui", "ui", "linux");
        Guest node = Guest.local().as("node-host", "node", "linux").inRole("node");
        for (Guest each : List.of(page, terminal, node)) {
            try (Visit visit = each.visit(server)) {
                assertThat(visit.token()).as(each.client().toString()).hasSize(43);
                assertThat(visit.auth().path("scopes").size()).isEqualTo(each.scopes().size());
            }
        }
        assertThat(paired(node.id()).path("roles").toString()).isEqualTo("[\"node\"]");
    }

    @Test
    void aDeviceMayHaveBothRolesAndATokenForEach() throws Exception {
        Guest node = guest.as("node-host", "node", "linux").inRole("node").wanting();
        try (Visit operator = guest.visit(server);
                Visit asNode = node.visit(server)) {
            assertThat(asNode.token()).isNotEqualTo(operator.token());
        }
        assertThat(paired(guest.id()).path("roles").toString())
                .isEqualTo("[\"operator\",\"node\"]");
    }

    @Test
    @Tag("I38")
    void rotatingATokenEndsWhatWasConnectedInThatRole() throws Exception {
        Guest holder = byToken(guest);
        Guest other = byToken(Guest.local("operator.read"));
        try (RawClient owner = server.admin();
                Visit connected = holder.visit(server);
                Visit bystander = other.visit(server)) {
            JsonNode rotated =
                    call(
                            owner,
                            "device.token.rotate",
                            "{\"deviceId\":\"%s\",\"role\":\"operator\"}".formatted(guest.id()));

            assertThat(rotated.at("/payload/tokenDelivery").asString())
                    .isEqualTo("withheld-cross-device");
            assertThat(rotated.at("/payload").has("token")).isFalse();
            RawClient.Frame end = connected.client().readClose();
            assertThat(end.closeCode()).isEqualTo(4001);
            assertThat(end.closeReason()).isEqualTo("client invalidated: device-token-rotated");
            assertThat(call(bystander.client(), "health", "{}").path("ok").asBoolean()).isTrue();
            assertThat(call(owner, "health", "{}").path("ok").asBoolean()).isTrue();
        }
        assertThat(detail(holder)).isEqualTo("AUTH_TOKEN_MISMATCH");
        assertThat(detail(other)).isEmpty();
        try (Visit again = guest.visit(server)) {
            assertThat(again.token()).isNotEqualTo(holder.auth().get(1));
        }
    }

    @Test
    void aDeviceThatRotatesItsOwnTokenGetsTheNewOneAndThenTheEnd() throws Exception {
        Guest pairing = Guest.local("operator.pairing");
        Guest holder = byToken(pairing);
        try (Visit connected = holder.visit(server)) {
            JsonNode rotated =
                    call(
                            connected.client(),
                            "device.token.rotate",
                            "{\"deviceId\":\"%s\",\"role\":\"operator\"}".formatted(holder.id()));

            String token = rotated.at("/payload/token").asString("");
            assertThat(rotated.at("/payload/tokenDelivery").asString()).isEqualTo("in-band");
            assertThat(connected.client().readClose().closeCode()).isEqualTo(4001);
            assertThat(detail(holder.showing("token", token))).isEmpty();
        }
    }

    @Test
    void rotatingCanNarrowButNotWiden() throws Exception {
        JsonNode _ = guest.outcome(server);
        String params = "{\"deviceId\":\"%s\",\"role\":\"operator\",\"scopes\":[\"%s\"]}";
        try (RawClient owner = server.admin()) {
            JsonNode wider =
                    call(
                            owner,
                            "device.token.rotate",
                            params.formatted(guest.id(), "operator.admin"));
            assertThat(wider.at("/error/message").asString())
                    .isEqualTo(
                            "device token rotation denied: operator.admin was not approved for"
                                    + " operator");
            JsonNode narrower =
                    call(
                            owner,
                            "device.token.rotate",
                            params.formatted(guest.id(), "operator.read"));
            assertThat(narrower.at("/payload/scopes").toString()).isEqualTo("[\"operator.read\"]");
            assertThat(
                            call(
                                            owner,
                                            "device.token.rotate",
                                            "{\"deviceId\":\"x\",\"role\":\"operator\"}")
                                    .at("/error/message")
                                    .asString())
                    .startsWith("unknown deviceId");
        }
    }

    @Test
    @Tag("I38")
    void revokingARoleEndsItsConnectionsWhateverTheyCameInWith() throws Exception {
        Guest node = guest.as("node-host", "node", "linux").inRole("node").wanting();
        try (RawClient owner = server.admin();
                Visit bySecret = guest.visit(server);
                Visit byToken = byToken(guest).visit(server);
                Visit asNode = node.visit(server)) {
            JsonNode revoked =
                    call(
                            owner,
                            "device.token.revoke",
                            "{\"deviceId\":\"%s\",\"role\":\"operator\"}".formatted(guest.id()));

            assertThat(revoked.at("/payload/revokedAtMs").isIntegralNumber()).isTrue();
            for (Visit ended : List.of(bySecret, byToken)) {
                RawClient.Frame end = ended.client().readClose();
                assertThat(end.closeCode()).isEqualTo(4001);
                assertThat(end.closeReason()).isEqualTo("client invalidated: device-token-revoked");
            }
            assertThat(paired(guest.id()).path("roles").toString()).isEqualTo("[\"node\"]");
            assertThat(asNode.client().sendText("x")).isNotNull();
            assertThat(detail(guest.remote())).isEqualTo("PAIRING_REQUIRED");
        }
    }

    @Test
    @Tag("I38")
    void removingADeviceEndsAllItsConnections() throws Exception {
        Guest holder = byToken(guest);
        try (RawClient owner = server.admin();
                Visit bySecret = guest.visit(server);
                Visit byToken = holder.visit(server)) {
            String params = "{\"deviceId\":\"" + guest.id() + "\"}";
            assertThat(call(owner, "device.pair.remove", params).path("payload").toString())
                    .isEqualTo(params);
            for (Visit ended : List.of(bySecret, byToken)) {
                RawClient.Frame end = ended.client().readClose();
                assertThat(end.closeCode()).isEqualTo(4001);
                assertThat(end.closeReason()).isEqualTo("device removed");
            }
            assertThat(call(owner, "device.pair.remove", params).at("/error/message").asString())
                    .isEqualTo("unknown deviceId");
        }
        assertThat(detail(holder)).isEqualTo("AUTH_TOKEN_MISMATCH");
    }

    @Test
    void aLostKeyCostsADeviceItsTokenButNotItsPairing() throws Exception {
        Guest holder = byToken(guest);
        server.gateway.deviceKey = Secret.of("made anew");
        String next;
        try (Visit visit = holder.remote().visit(server)) {
            next = visit.token();
            assertThat(next).hasSize(43).isNotEqualTo(holder.auth().get(1));
        }
        assertThat(detail(holder.showing("token", next))).isEmpty();
        assertThat(detail(holder)).isEqualTo("AUTH_TOKEN_MISMATCH");
    }

    @Test
    void tellsWhoeverMayPairThatADeviceWasPaired() throws Exception {
        try (RawClient owner = server.authenticated("operator.pairing")) {
            JsonNode _ = guest.outcome(server);

            JsonNode resolved = event(owner, "device.pair.resolved").path("payload");
            assertThat(resolved.path("deviceId").asString()).isEqualTo(guest.id());
            assertThat(resolved.path("decision").asString()).isEqualTo("approved");
        }
    }

    @Test
    void asksADeviceToComeBackWhileTheStoreCannotBeAsked() throws Exception {
        server.gateway.journal.close();
        try (Visit visit = guest.visit(server)) {
            assertThat(visit.error().path("code").asString()).isEqualTo("UNAVAILABLE");
            assertThat(visit.error().path("retryable").asBoolean()).isTrue();
            assertThat(visit.client().readClose().closeCode()).isEqualTo(1013);
        }
    }
}
