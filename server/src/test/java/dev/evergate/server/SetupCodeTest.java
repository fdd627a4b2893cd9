package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.device.SetupCodes;
import dev.evergate.core.journal.Devices;
import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Codes that let one device in each, and who else tries them. */
class SetupCodeTest {
    private static final String LIMITED =
            "[\"operator.approvals\",\"operator.read\",\"operator.talk.secrets\","
                    + "\"operator.write\"]";

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

    private record Invitation(String id, String code, JsonNode answer) {}

    private JsonNode ask(String method, String params) throws Exception {
        try (RawClient owner = server.admin()) {
            return call(owner, method, params);
        }
    }

    private Invitation invite(String more) throws Exception {
        JsonNode answer =
                ask("device.pair.setupCode", "{\"publicUrl\":\"wss://gate.example\"" + more + "}")
                        .path("payload");
        JsonNode packed = unpacked(answer.path("setupCode").asString());
        return new Invitation(
                answer.path("setupId").asString(),
                packed.path("bootstrapToken").asString(),
                answer);
    }

    private static JsonNode unpacked(String setupCode) {
        byte[] json = Base64.getUrlDecoder().decode(setupCode);
        return TestServer.json(new String(json, StandardCharsets.UTF_8));
    }

    private static Guest node(Invitation by) {
        return Guest.local()
                .as("node-host", "node", "linux")
                .inRole("node")
                .remote()
                .showing("bootstrapToken", by.code());
    }

    private static Guest person(Invitation by) {
        return Guest.local("operator.read", "operator.write")
                .remote()
                .showing("bootstrapToken", by.code());
    }

    private String detail(Guest of) throws Exception {
        return of.outcome(server).at("/error/details/code").asString("");
    }

    private JsonNode paired(Guest guest) throws Exception {
        return ask("device.pair.list", "{}")
                .at("/payload/paired")
                .valueStream()
                .filter(device -> device.path("deviceId").asString().equals(guest.id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void letsADeviceInFromElsewhereAndGivesItATokenForEachRole() throws Exception {
        Invitation invitation = invite("");
        assertThat(
                        unpacked(invitation.answer().path("setupCode").asString())
                                .path("url")
                                .asString())
                .isEqualTo("wss://gate.example");
        assertThat(invitation.answer().path("access").asString()).isEqualTo("limited");
        assertThat(invitation.answer().path("auth").asString()).isEqualTo("token");
        assertThat(invitation.code()).matches("[A-Za-z0-9_-]{43}");

        Guest node = node(invitation);
        String own;
        String asOperator;
        try (RawClient owner = server.authenticated("operator.pairing");
                Visit visit = node.visit(server)) {
            assertThat(visit.auth().path("method").asString()).isEqualTo("bootstrap-token");
            assertThat(visit.auth().path("scopes").toString()).isEqualTo("[]");
            own = visit.token();
            JsonNode other = visit.auth().at("/deviceTokens/0");
            assertThat(other.path("role").asString()).isEqualTo("operator");
            assertThat(other.path("scopes").toString()).isEqualTo(LIMITED);
            asOperator = other.path("deviceToken").asString();
            assertThat(event(owner, "device.pair.resolved").at("/payload/deviceId").asString())
                    .isEqualTo(node.id());
        }
        assertThat(paired(node).path("approvedVia").asString()).isEqualTo("setup-code");
        assertThat(detail(node.showing("token", own))).isEmpty();
        Guest operator = node.as("openclaw-tui", "ui", "linux").inRole("operator");
        try (Visit visit =
                operator.wanting("operator.write").showing("token", asOperator).visit(server)) {
            assertThat(visit.auth().path("scopes").toString()).isEqualTo("[\"operator.write\"]");
            assertThat(call(visit.client(), "status", "{}").path("ok").asBoolean()).isTrue();
        }
        assertThat(detail(operator.wanting("operator.admin").showing("deviceToken", asOperator)))
                .isEqualTo("AUTH_SCOPE_MISMATCH");
    }

    @Test
    void saysWhomACodeHasLetIn() throws Exception {
        Invitation invitation = invite("");
        String params = "{\"setupId\":\"" + invitation.id() + "\"}";
        assertThat(ask("device.pair.setupStatus", params).path("payload").toString())
                .isEqualTo("{}");
        Guest node = node(invitation);
        assertThat(detail(node)).isEmpty();

        JsonNode completion =
                ask("device.pair.setupStatus", params).path("payload").path("completion");

        assertThat(completion.path("deviceId").asString()).isEqualTo(node.id());
        assertThat(completion.path("access").asString()).isEqualTo("limited");
        assertThat(completion.toString()).doesNotContain(invitation.code());
    }

    @Test
    @Tag("S8")
    void aCodeIsGoodForOneDevice() throws Exception {
        Invitation invitation = invite("");
        Guest first = node(invitation);
        assertThat(detail(first)).isEmpty();

        assertThat(detail(node(invitation))).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        assertThat(detail(person(invitation))).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        assertThat(detail(first)).as("whoever has not heard the answer").isEmpty();
    }

    @Test
    @Tag("S8")
    void ofManyDevicesAtOnceACodeLetsOneIn() throws Exception {
        Invitation invitation = invite("");
        List<CompletableFuture<String>> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Guest guest = person(invitation).remote("203.0.113." + i);
            var end = new CompletableFuture<String>();
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    end.complete(detail(guest));
                                } catch (Exception e) {
                                    end.completeExceptionally(e);
                                }
                            });
            ends.add(end);
        }
        List<String> details = ends.stream().map(CompletableFuture::join).toList();
        assertThat(details.stream().filter(String::isEmpty)).hasSize(1);
        assertThat(server.gateway.journal.devices().list()).hasSize(1);
    }

    @Test
    @Tag("S8")
    void aCodeGivesNoMoreThanItIsFor() throws Exception {
        Invitation invitation = invite("");
        for (String scope : List.of("operator.admin", "operator.pairing", "operator.questions")) {
            assertThat(detail(person(invitation).wanting("operator.read", scope)))
                    .as(scope)
                    .isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        }
        assertThat(detail(person(invitation))).as("it was not used up by that").isEmpty();
        Invitation forNodes = invite(",\"bootstrapProfile\":\"node\"");
        assertThat(detail(person(forNodes))).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        Guest node = node(forNodes);
        assertThat(node.outcome(server).at("/payload/auth").has("deviceTokens")).isFalse();
        assertThat(paired(node).path("roles").toString()).isEqualTo("[\"node\"]");
    }

    @Test
    @Tag("S8")
    void aCodeEndsWithItsTimeOrWhenItIsTakenBack() throws Exception {
        Invitation old = invite("");
        Invitation taken = invite("");
        Guest late = person(old);
        server.world.forward(SetupCodes.VALID_MS);
        assertThat(detail(late)).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        Invitation fresh = invite("");
        for (Invitation each : List.of(taken, fresh)) {
            String params = "{\"setupId\":\"" + each.id() + "\"}";
            assertThat(ask("device.pair.setupRevoke", params).path("payload").toString())
                    .isEqualTo(params);
            assertThat(detail(person(each))).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
            assertThat(ask("device.pair.setupRevoke", params).at("/error/message").asString())
                    .isEqualTo("unknown setupId");
        }
    }

    @Test
    @Tag("S8")
    void aCodeDoesNotBringBackWhatWasTakenBackOrReplaced() throws Exception {
        for (String method :
                List.of("device.pair.remove", "device.token.revoke", "device.token.rotate")) {
            Guest node = node(invite(""));
            assertThat(detail(node)).isEmpty();
            server.world.forward(1);
            JsonNode done = ask(method, "{\"deviceId\":\"" + node.id() + "\",\"role\":\"node\"}");
            assertThat(done.path("ok").asBoolean()).as(method).isTrue();

            assertThat(detail(node)).as(method).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
        }
    }

    @Test
    @Tag("S7")
    void aWrongCodeCountsAsAGuess() throws Exception {
        Guest stranger = Guest.local().remote().showing("bootstrapToken", "B".repeat(43));
        for (int i = 0; i < 10; i++) {
            JsonNode error = stranger.outcome(server).path("error");
            assertThat(error.path("message").asString())
                    .isEqualTo(
                            "unauthorized: setup code is not valid or not valid any more (ask for"
                                    + " a new one); on the gateway's machine: evergate devices"
                                    + " invite");
        }
        assertThat(detail(node(invite("")))).isEqualTo("AUTH_RATE_LIMITED");
    }

    @Test
    @Tag("S8")
    void aCodeAloneIsNoCredential() throws Exception {
        Invitation invitation = invite("");
        for (String field : List.of("token", "password", "deviceToken")) {
            assertThat(detail(person(invitation).showing(field, invitation.code()))).isNotEmpty();
        }
        try (RawClient raw = server.greeted()) {
            String frame =
                    TestServer.connectFrame("cli", "cli", invitation.code(), "operator.read");
            raw.sendText(frame.replace("{\"token\"", "{\"bootstrapToken\""));
            assertThat(TestServer.answer(raw, "c1").path("ok").asBoolean()).isFalse();
        }
        assertThat(detail(person(invitation))).as("it was not used up by that").isEmpty();
    }

    @Test
    @Tag("S9")
    void keepsNoCodeButItsHash() throws Exception {
        Invitation invitation = invite("");
        Devices kept = server.gateway.journal.devices();

        assertThat(kept.setupCodes().toString())
                .contains(invitation.id())
                .doesNotContain(invitation.code());
        assertThat(kept.setupCodes().getFirst().hash()).hasSize(64);
    }

    @Test
    void boundsTheCodesThatAreOpen() throws Exception {
        Invitation first = invite("");
        for (int i = 0; i < Devices.SETUP_CODES_KEPT; i++) {
            Invitation _ = invite("");
        }
        assertThat(server.gateway.journal.devices().setupCodes()).hasSize(Devices.SETUP_CODES_KEPT);
        assertThat(detail(node(first))).isEqualTo("AUTH_BOOTSTRAP_TOKEN_INVALID");
    }

    @Test
    void givesNoAddressAwayThatNoDeviceCouldUseOrEverybodyCouldHear() throws Exception {
        assertThat(refusal("{}")).startsWith("the gateway is bound to 127.0.0.1");
        assertThat(refusal("{}")).contains("evergate devices invite --public-url");
        for (String url :
                List.of(
                        "ws://gate.example",
                        "ws://203.0.113.9:18789",
                        "http://gate.example",
                        "ftp://gate.example",
                        "wss://me:secret@gate.example",
                        "wss://gate.example/?token=x",
                        "wss://gate.example/path",
                        "wss://",
                        "gate.example",
                        "wss://gate example")) {
            assertThat(refusal("{\"publicUrl\":\"" + url + "\"}")).as(url).contains("--public-url");
        }
        assertThat(refusal("{\"publicUrl\":\"wss://a.example\",\"bootstrapProfile\":\"full\"}"))
                .isEqualTo("bootstrapProfile is \"full\" (expected: limited or node)");
        for (String url :
                List.of(
                        "wss://gate.example:8443",
                        "https://gate.example/",
                        "ws://localhost:18789",
                        "ws://192.168.1.7:18789",
                        "ws://[fd00::7]:18789",
                        "ws://mini.local:18789")) {
            assertThat(refusal("{\"publicUrl\":\"" + url + "\"}")).as(url).isEmpty();
        }
    }

    private String refusal(String params) throws Exception {
        return ask("device.pair.setupCode", params).at("/error/message").asString("");
    }
}
