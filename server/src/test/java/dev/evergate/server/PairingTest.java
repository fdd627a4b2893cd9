package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Devices from elsewhere, which somebody must allow, and who may. */
class PairingTest {
    private final TestServer server = new TestServer();
    private final Guest guest = Guest.local("operator.read").remote();

    @BeforeEach
    void trustTheProxy() {
        server.gateway.config = FakeGateway.config(List.of(), List.of("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private String request(Guest of) throws Exception {
        try (Visit visit = of.visit(server)) {
            return visit.error().at("/details/requestId").asString("");
        }
    }

    private static String named(String requestId) {
        return "{\"requestId\":\"" + requestId + "\"}";
    }

    /** What a call is refused with; empty if it is not. */
    private static String refusal(RawClient caller, String method, String params) throws Exception {
        return call(caller, method, params).at("/error/message").asString("");
    }

    private void approve(Guest of) throws Exception {
        try (RawClient owner = server.admin()) {
            assertThat(refusal(owner, "device.pair.approve", named(request(of)))).isEmpty();
        }
    }

    @Test
    void refusesADeviceFromElsewhereUntilItIsApproved() throws Exception {
        try (RawClient owner = server.authenticated("operator.pairing", "operator.read")) {
            String requestId;
            try (Visit visit = guest.visit(server)) {
                JsonNode error = visit.error();
                requestId = error.at("/details/requestId").asString();
                assertThat(error.toString())
                        .isEqualTo(
                                """
                                {"code":"NOT_PAIRED","message":"pairing required: device is not \
                                approved yet; on the gateway's machine: evergate devices approve \
                                %1$s","details":{"code":"PAIRING_REQUIRED",\
                                "reason":"not-paired","requestId":"%1$s","remediationHint":\
                                "Approve this device from the pending pairing requests. Command: \
                                evergate devices approve %1$s","deviceId":"%2$s",\
                                "requestedRole":"operator","requestedScopes":["operator.read"]}}"""
                                        .formatted(requestId, guest.id()));
                RawClient.Frame end = visit.client().readClose();
                assertThat(end.closeCode()).isEqualTo(1008);
                assertThat(end.closeReason())
                        .isEqualTo(
                                "pairing required: device is not approved yet (requestId: "
                                        + requestId
                                        + ")");
            }
            JsonNode requested = event(owner, "device.pair.requested").path("payload");
            assertThat(requested.path("requestId").asString()).isEqualTo(requestId);
            assertThat(requested.path("isRepair").asBoolean()).isFalse();
            assertThat(requested.path("remoteIp").asString())
                    .as("whom the proxy speaks for")
                    .isEqualTo("203.0.113.9");
            assertThat(request(guest)).as("the same wish again").isEqualTo(requestId);
            assertThat(call(owner, "device.pair.list", "{}").at("/payload/pending/0"))
                    .isEqualTo(requested);

            owner.sendText(
                    "{\"type\":\"req\",\"id\":\"a\",\"method\":\"device.pair.approve\",\"params\":"
                            + named(requestId)
                            + "}");
            assertThat(event(owner, "device.pair.resolved").at("/payload/decision").asString())
                    .isEqualTo("approved");
            JsonNode approved = answer(owner, "a");

            assertThat(approved.at("/payload/requestId").asString()).isEqualTo(requestId);
            assertThat(approved.at("/payload/device/approvedVia").asString()).isEqualTo("owner");
            assertThat(approved.at("/payload/device/tokens/0/scopes").toString())
                    .isEqualTo("[\"operator.read\"]");
            try (Visit visit = guest.visit(server)) {
                assertThat(visit.auth().path("scopes").toString()).isEqualTo("[\"operator.read\"]");
                assertThat(visit.token()).hasSize(43);
            }
            assertThat(refusal(owner, "device.pair.approve", named(requestId)))
                    .isEqualTo("unknown requestId");
        }
    }

    @Test
    void asksAgainForWhatWasNotApproved() throws Exception {
        approve(guest);
        Guest wider = guest.wanting("operator.read", "operator.admin");
        Guest node = guest.inRole("node").wanting();
        Guest elsewhere = guest.as("cli", "cli", "win32");
        List<String> reasons = List.of("scope-upgrade", "role-upgrade", "metadata-upgrade");
        int next = 0;
        for (Guest each : List.of(wider, node, elsewhere)) {
            JsonNode details = each.outcome(server).at("/error/details");
            assertThat(details.path("reason").asString()).isEqualTo(reasons.get(next++));
            assertThat(details.path("approvedRoles").toString()).isEqualTo("[\"operator\"]");
            assertThat(details.path("approvedScopes").toString()).isEqualTo("[\"operator.read\"]");
        }
        assertThat(guest.outcome(server).path("ok").asBoolean())
                .as("what was approved still is")
                .isTrue();
    }

    @Test
    void keepsTheTokenOfARoleThatGetsNoMore() throws Exception {
        approve(guest);
        String token;
        try (Visit visit = guest.visit(server)) {
            token = visit.token();
        }
        approve(guest.as("cli", "cli", "win32"));
        try (Visit visit = guest.as("cli", "cli", "win32").visit(server)) {
            assertThat(visit.token()).isEqualTo(token);
        }
        approve(guest.as("cli", "cli", "win32").wanting("operator.write"));
        try (Visit visit = guest.as("cli", "cli", "win32").visit(server)) {
            assertThat(visit.token()).isNotEqualTo(token);
        }
    }

    @Test
    void aNewWishTakesThePlaceOfTheOneBefore() throws Exception {
        try (RawClient owner = server.authenticated("operator.pairing", "operator.admin")) {
            String first = request(guest);
            String second = request(guest.wanting("operator.write"));

            assertThat(second).isNotEqualTo(first);
            JsonNode replaced = event(owner, "device.pair.resolved").path("payload");
            assertThat(replaced.path("requestId").asString()).isEqualTo(first);
            assertThat(replaced.path("decision").asString()).isEqualTo("rejected");
            assertThat(call(owner, "device.pair.list", "{}").at("/payload/pending").size())
                    .isEqualTo(1);
            assertThat(refusal(owner, "device.pair.approve", named(first)))
                    .isEqualTo("unknown requestId");
        }
    }

    @Test
    void forgetsARejectedWishAndOneThatIsTooOld() throws Exception {
        try (RawClient owner = server.admin()) {
            String rejected = request(guest);
            JsonNode answer = call(owner, "device.pair.reject", named(rejected));
            assertThat(answer.at("/payload").toString())
                    .isEqualTo(
                            "{\"requestId\":\"%s\",\"deviceId\":\"%s\"}"
                                    .formatted(rejected, guest.id()));
            assertThat(refusal(owner, "device.pair.approve", named(rejected)))
                    .isEqualTo("unknown requestId");

            String old = request(guest);
            server.world.forward(3_600_001);
            assertThat(refusal(owner, "device.pair.approve", named(old)))
                    .isEqualTo("unknown requestId");
        }
    }

    @Test
    void nobodyApprovesMoreThanTheyHave() throws Exception {
        Guest admin = guest.wanting("operator.admin");
        Guest node = Guest.local().remote().as("node-host", "node", "linux").inRole("node");
        try (RawClient pairing = server.authenticated("operator.pairing", "operator.read");
                RawClient owner = server.admin()) {
            String forAdmin = named(request(admin));
            String forNode = named(request(node));

            assertThat(refusal(pairing, "device.pair.approve", forAdmin))
                    .isEqualTo("missing scope: operator.admin");
            assertThat(refusal(pairing, "device.pair.approve", forNode))
                    .startsWith("device pairing approval denied");
            assertThat(refusal(owner, "device.pair.approve", forAdmin)).isEmpty();
            assertThat(refusal(owner, "device.pair.approve", forNode)).isEmpty();
            assertThat(
                            refusal(
                                    pairing,
                                    "device.token.rotate",
                                    "{\"deviceId\":\"%s\",\"role\":\"operator\"}"
                                            .formatted(admin.id())))
                    .isEqualTo("missing scope: operator.admin");
        }
    }

    @Test
    void aDeviceWithItsOwnTokenSeesAndChangesItselfAlone() throws Exception {
        Guest other = Guest.local("operator.read");
        JsonNode _ = other.outcome(server);
        String waiting = named(request(guest));
        Guest pairing = Guest.local("operator.pairing");
        String token;
        try (Visit visit = pairing.visit(server)) {
            token = visit.token();
        }
        try (Visit own = pairing.showing("token", token).visit(server)) {
            RawClient caller = own.client();
            JsonNode seen = call(caller, "device.pair.list", "{}").path("payload");
            assertThat(seen.path("pending").isEmpty()).isTrue();
            assertThat(seen.path("paired").size()).isEqualTo(1);

            String device = "{\"deviceId\":\"" + other.id() + "\",\"role\":\"operator\"}";
            assertThat(refusal(caller, "device.pair.approve", waiting))
                    .startsWith("device pairing approval denied");
            assertThat(refusal(caller, "device.pair.reject", waiting))
                    .startsWith("device pairing rejection denied");
            assertThat(refusal(caller, "device.pair.remove", device))
                    .startsWith("device pairing removal denied");
            assertThat(refusal(caller, "device.token.rotate", device))
                    .startsWith("device token rotation denied");
            assertThat(refusal(caller, "device.token.revoke", device))
                    .startsWith("device token revocation denied");
            assertThat(
                            refusal(
                                    caller,
                                    "device.pair.remove",
                                    "{\"deviceId\":\"" + pairing.id() + "\"}"))
                    .isEmpty();
        }
    }
}
