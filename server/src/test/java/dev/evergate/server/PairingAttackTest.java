package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.device.Pairing;
import dev.evergate.core.journal.Devices;
import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;

/** What devices try that want to be more than they are allowed. */
class PairingAttackTest {
    private final TestServer server = new TestServer();

    @BeforeEach
    void trustTheProxy() {
        server.gateway.config = FakeGateway.config(List.of(), List.of("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private String token(Guest guest) throws IOException {
        try (Visit visit = guest.visit(server)) {
            return visit.token();
        }
    }

    private String asked(Guest guest) throws IOException {
        return guest.outcome(server).at("/error/details/requestId").asString("");
    }

    private static String refusal(RawClient caller, String method, String params) throws Exception {
        return call(caller, method, params).at("/error/message").asString("");
    }

    private static String request(String requestId) {
        return "{\"requestId\":\"" + requestId + "\"}";
    }

    private List<String> waiting() throws Exception {
        try (RawClient owner = server.admin()) {
            return call(owner, "device.pair.list", "{}")
                    .at("/payload/pending")
                    .valueStream()
                    .map(request -> request.path("deviceId").asString())
                    .toList();
        }
    }

    @Test
    @Tag("S8")
    void aDeviceCannotApproveWhatItAsksForItself() throws Exception {
        Guest device = Guest.local("operator.pairing");
        Guest holder = device.showing("token", token(device));
        Guest changed = device.remote().as("cli", "cli", "win32");
        try (Visit byToken = holder.visit(server);
                Visit bySecret = device.visit(server);
                RawClient owner = server.authenticated("operator.pairing")) {
            String params = request(asked(changed));
            for (Visit own : List.of(byToken, bySecret)) {
                assertThat(refusal(own.client(), "device.pair.approve", params))
                        .isEqualTo(
                                "device pairing approval denied: a device's own request takes"
                                        + " scope operator.admin");
            }
            assertThat(refusal(owner, "device.pair.approve", params)).isEmpty();
        }
    }

    @Test
    @Tag("S8")
    void aDeviceIsToldOfItselfAlone() throws Exception {
        Guest device = Guest.local("operator.pairing");
        Guest other = Guest.local("operator.read").remote();
        Guest own = device.remote().as("cli", "cli", "win32");
        try (Visit holder = device.showing("token", token(device)).visit(server);
                RawClient owner = server.authenticated("operator.pairing")) {
            String others = asked(other);
            String its = asked(own);

            assertThat(event(owner, "device.pair.requested").at("/payload/requestId").asString())
                    .isEqualTo(others);
            assertThat(
                            event(holder.client(), "device.pair.requested")
                                    .at("/payload/requestId")
                                    .asString())
                    .isEqualTo(its);
        }
    }

    @Test
    @Tag("S8")
    void aDeviceCannotApproveWhatItOffersAsANode() throws Exception {
        Guest device = Guest.local("operator.pairing", "operator.write");
        String token = token(device);
        Guest node =
                device.as("node-host", "node", "linux")
                        .inRole("node")
                        .wanting()
                        .offering("camera.snap");
        try (Visit _ = node.visit(server);
                Visit own = device.showing("token", token).visit(server)) {
            JsonNode pending = call(own.client(), "node.pair.list", "{}").at("/payload/pending/0");
            String params = request(pending.path("requestId").asString());

            assertThat(refusal(own.client(), "node.pair.approve", params))
                    .startsWith("node pairing approval denied: a device's own request");
        }
    }

    @Test
    @Tag("S8")
    void nobodyGivesAwayWhatTheyDoNotHaveByAnyWay() throws Exception {
        Guest admin = Guest.local("operator.admin");
        String theirs = token(admin);
        Guest wish = Guest.local("operator.admin", "operator.pairing").remote();
        String role = "{\"deviceId\":\"%s\",\"role\":\"operator\"%s}";
        String narrowed = role.formatted(admin.id(), ",\"scopes\":[\"operator.pairing\"]");
        try (RawClient caller = server.authenticated("operator.pairing", "operator.write")) {
            assertThat(refusal(caller, "device.pair.approve", request(asked(wish))))
                    .isEqualTo("missing scope: operator.admin");
            assertThat(refusal(caller, "device.token.rotate", role.formatted(admin.id(), "")))
                    .isEqualTo("missing scope: operator.admin");
            // An admin's device may be put under less, but its token is not told to others.
            JsonNode rotated = call(caller, "device.token.rotate", narrowed).path("payload");
            assertThat(rotated.path("tokenDelivery").asString()).isEqualTo("withheld-cross-device");
            assertThat(rotated.has("token")).isFalse();
            assertThat(rotated.toString()).doesNotContain(theirs);
            assertThat(waiting()).containsExactly(wish.id());
        }
    }

    @Test
    @Tag("S8")
    void theSecretAloneDoesNotBuryTheRequestsOfOthers() throws Exception {
        Guest honest = Guest.local("operator.read").remote("198.51.100.7");
        String first = asked(honest);
        int refused = 0;
        for (int i = 0; i < 30; i++) {
            Guest stranger = Guest.local("operator.admin").remote("203.0.113.9");
            JsonNode error = stranger.outcome(server).path("error");
            if (error.at("/details/code").asString().equals("AUTH_RATE_LIMITED")) {
                refused++;
                assertThat(error.path("retryAfterMs").asLong())
                        .isPositive()
                        .isLessThanOrEqualTo(Pairing.REQUEST_MS);
                assertThat(error.path("message").asString()).contains("evergate devices list");
            }
        }
        assertThat(refused).isEqualTo(10);
        assertThat(waiting()).hasSize(21).contains(honest.id());
        assertThat(asked(honest)).as("who waits is still told").isEqualTo(first);
        assertThat(asked(Guest.local("operator.read").remote("198.51.100.8"))).isNotEmpty();
    }

    @Test
    @Tag("S8")
    void requestsFromEverywhereDoNotBuryTheOldest() throws Exception {
        Guest honest = Guest.local("operator.read").remote("198.51.100.7");
        String first = asked(honest);
        for (int i = 0; i < Devices.REQUESTS_KEPT + 20; i++) {
            String _ = asked(Guest.local("operator.read").remote("2001:db8:0:" + i + "::1"));
        }
        assertThat(waiting()).hasSize(Devices.REQUESTS_KEPT).contains(honest.id());
        server.world.forward(Pairing.REQUEST_MS + 1);
        assertThat(asked(honest)).as("an hour later").isNotEmpty().isNotEqualTo(first);
    }

    @Test
    @Tag("S8")
    void aDeviceThatChangesItsMindAgainAndAgainKeepsTheWishThatWaits() throws Exception {
        Guest device = Guest.local().remote();
        String last = "";
        for (int i = 0; i < 30; i++) {
            String scope = i % 2 == 0 ? "operator.read" : "operator.write";
            String asked = asked(device.wanting(scope));
            assertThat(asked.equals(last)).as("the one of turn " + i).isEqualTo(i >= 20);
            last = asked;
        }
        assertThat(waiting()).containsExactly(device.id());
    }

    @Test
    @Tag("S8")
    void keepsNoMoreOfANameThanANameIs() throws Exception {
        Guest device = Guest.local("operator.read").remote().as("cli", "cli", "x".repeat(60_000));
        String _ = asked(device);
        try (RawClient owner = server.admin()) {
            JsonNode request = call(owner, "device.pair.list", "{}").at("/payload/pending/0");
            assertThat(request.path("platform").asString()).hasSize(128);
        }
    }

    @Test
    @Tag("S6")
    void whoShowsADeviceTokenLearnsNothingOfWhy() throws Exception {
        Guest known = Guest.local("operator.read");
        Guest other = Guest.local("operator.read");
        Guest revoked = Guest.local("operator.read");
        Guest removed = Guest.local("operator.read");
        String right = token(known);
        String theirs = token(other);
        String lost = token(revoked);
        String gone = token(removed);
        try (RawClient owner = server.admin()) {
            String params = "{\"deviceId\":\"%s\",\"role\":\"operator\"}";
            JsonNode _ = call(owner, "device.token.revoke", params.formatted(revoked.id()));
            JsonNode _ = call(owner, "device.pair.remove", params.formatted(removed.id()));
        }
        String wrong = "A".repeat(43);
        List<Guest> guesses =
                List.of(
                        known.showing("deviceToken", wrong),
                        known.showing("deviceToken", right.substring(0, 42) + '~'),
                        known.showing("deviceToken", theirs),
                        known.showing("deviceToken", right).inRole("node").wanting(),
                        revoked.showing("deviceToken", lost),
                        removed.showing("deviceToken", gone),
                        Guest.local("operator.read").showing("deviceToken", wrong));
        String first = "";
        for (Guest guess : guesses) {
            int before = server.gateway.deviceReads.get();
            JsonNode error = guess.remote().outcome(server).path("error");
            String seen = error + " after " + (server.gateway.deviceReads.get() - before);
            first = first.isEmpty() ? seen : first;
            assertThat(error.at("/details/code").asString())
                    .isEqualTo("AUTH_DEVICE_TOKEN_MISMATCH");
            assertThat(seen).as("the same words and the same work").isEqualTo(first);
        }
    }

    @Test
    @Tag("S6")
    void aLockedAddressIsToldTheSameForARightSecretAndAWrongOne() throws Exception {
        Guest device = Guest.local("operator.read");
        String token = token(device);
        Guest wrong = device.remote().showing("token", "wrong");
        for (int i = 0; i < 10; i++) {
            JsonNode _ = wrong.outcome(server);
        }
        int before = server.gateway.deviceReads.get();
        for (Guest each :
                List.of(
                        wrong,
                        device.remote(),
                        device.remote().showing("password", FakeGateway.TOKEN),
                        device.remote().showing("token", token),
                        device.remote().showing("deviceToken", token),
                        Guest.local("operator.read").remote())) {
            JsonNode error = each.outcome(server).path("error");
            assertThat(error.at("/details/code").asString()).isEqualTo("AUTH_RATE_LIMITED");
            assertThat(error.path("message").asString())
                    .isEqualTo(
                            "unauthorized: too many failed authentication attempts (retry later)");
        }
        assertThat(server.gateway.deviceReads.get()).as("nobody is looked up").isEqualTo(before);
    }
}
