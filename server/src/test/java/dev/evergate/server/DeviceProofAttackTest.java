package dev.evergate.server;

import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.DeviceKey;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/** Whoever is not a device, or changes what a device has signed, is not let in as it. */
@Tag("S8")
class DeviceProofAttackTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final TestServer server = new TestServer();
    private final DeviceKey key = DeviceKey.make();
    private String token = "";

    @BeforeEach
    void pair() throws IOException {
        Guest owner = Guest.local("operator.admin");
        var guest =
                new Guest(
                        key,
                        owner.headers(),
                        owner.client(),
                        owner.auth(),
                        owner.role(),
                        owner.scopes(),
                        owner.commands());
        try (Visit visit = guest.visit(server)) {
            token = visit.token();
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private ObjectNode params() {
        ObjectNode params = JSON.createObjectNode();
        params.put("minProtocol", 4).put("maxProtocol", 4).put("role", "operator");
        params.putObject("client")
                .put("id", "cli")
                .put("mode", "cli")
                .put("platform", "linux")
                .put("version", "1");
        params.putArray("scopes").add("operator.read");
        params.putObject("auth").put("token", token);
        return params;
    }

    /** What becomes of a connect that somebody has worked on after it was signed. */
    private String outcome(BiConsumer<ObjectNode, JsonNode> worked) throws IOException {
        try (RawClient raw = server.connect()) {
            assertThat(raw.upgrade().status()).isEqualTo(101);
            JsonNode challenge = json(raw.readText()).path("payload");
            ObjectNode params = params();
            key.prove(params, challenge);
            worked.accept(params, challenge);
            ObjectNode frame = JSON.createObjectNode();
            frame.put("type", "req").put("id", "c1").put("method", "connect");
            frame.set("params", params);
            raw.sendText(frame.toString());
            return TestServer.answer(raw, "c1").at("/error/details/code").asString("");
        }
    }

    @Test
    void whoKnowsTheTokenButHasNotTheKeyIsNotLetIn() throws Exception {
        assertThat(outcome((_, _) -> {})).isEmpty();
        DeviceKey other = DeviceKey.make();
        assertThat(
                        outcome(
                                (params, challenge) -> {
                                    String id = params.at("/device/id").asString();
                                    String publicKey = params.at("/device/publicKey").asString();
                                    other.prove(params, challenge);
                                    params.withObject("/device")
                                            .put("id", id)
                                            .put("publicKey", publicKey);
                                }))
                .isEqualTo("DEVICE_AUTH_SIGNATURE_INVALID");
        assertThat(outcome((params, challenge) -> other.prove(params, challenge)))
                .as("the token of another device")
                .isEqualTo("AUTH_TOKEN_MISMATCH");
        assertThat(outcome((params, _) -> params.remove("device")))
                .as("the token without a device")
                .isEqualTo("AUTH_TOKEN_MISMATCH");
    }

    @Test
    void nothingThatWasSignedCanBeChanged() throws Exception {
        String invalid = "DEVICE_AUTH_SIGNATURE_INVALID";
        assertThat(outcome((params, _) -> params.putArray("scopes").add("operator.admin")))
                .isEqualTo(invalid);
        assertThat(outcome((params, _) -> params.put("role", "node"))).isEqualTo(invalid);
        assertThat(outcome((params, _) -> params.withObject("/client").put("id", "openclaw-tui")))
                .isEqualTo(invalid);
        assertThat(outcome((params, _) -> params.withObject("/client").put("mode", "ui")))
                .isEqualTo(invalid);
        assertThat(outcome((params, _) -> params.withObject("/client").put("platform", "ios")))
                .isEqualTo(invalid);
        assertThat(outcome((params, _) -> params.withObject("/auth").put("token", "another")))
                .isEqualTo(invalid);
        assertThat(outcome((params, _) -> later(params))).isEqualTo(invalid);
    }

    private static void later(ObjectNode params) {
        ObjectNode device = params.withObject("/device");
        device.put("signedAt", device.path("signedAt").asLong() + 1);
    }

    @Test
    void whatWasOverheardIsNoUseOnAnotherConnection() throws Exception {
        var overheard = new AtomicReference<JsonNode>(JSON.createObjectNode());
        assertThat(outcome((params, _) -> overheard.set(params.path("device").deepCopy())))
                .isEmpty();
        assertThat(outcome((params, _) -> params.set("device", overheard.get())))
                .isEqualTo("DEVICE_AUTH_NONCE_MISMATCH");
        assertThat(
                        outcome(
                                (params, challenge) -> {
                                    ObjectNode device = (ObjectNode) overheard.get().deepCopy();
                                    device.put("nonce", challenge.path("nonce").asString());
                                    params.set("device", device);
                                }))
                .isEqualTo("DEVICE_AUTH_SIGNATURE_INVALID");
    }

    @Test
    void aProofIsOfNoUseLater() throws Exception {
        assertThat(outcome((_, _) -> server.world.forward(120_001)))
                .isEqualTo("DEVICE_AUTH_SIGNATURE_EXPIRED");
    }
}
