package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Who is who, and who can be reached. */
class IdentityTest {
    private final TestServer server = new TestServer();
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = server.admin();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private JsonNode answer(String method, String params) throws Exception {
        return call(client, method, params).path("payload");
    }

    private String refusal(String method, String params) throws Exception {
        return call(client, method, params).at("/error/message").asString("");
    }

    @Test
    void theGatewayTellsItsKey() throws Exception {
        assertThat(answer("gateway.identity.get", "{}"))
                .isEqualTo(TestServer.json("{\"deviceId\":\"device-1\",\"publicKey\":\"key-1\"}"));
    }

    @Test
    void theMachineIsAsTheProcessSeesIt() throws Exception {
        assertThat(answer("system.info", "{}").path("pid").asInt(0)).isEqualTo(4711);
    }

    @Test
    void thereIsOneAgentAndOneOwner() throws Exception {
        assertThat(answer("agent.identity.get", "{\"agentId\":\"main\"}"))
                .isEqualTo(
                        TestServer.json(
                                """
                                {"agentId":"main","name":"Assistant","nameSource":"default",
                                 "avatar":"A"}"""));
        assertThat(answer("agent.identity.get", "{\"sessionKey\":\"agent:main:x\"}"))
                .isEqualTo(answer("agent.identity.get", "{}"));
        assertThat(answer("users.self", "{}").at("/profile/id").asString(""))
                .isEqualTo("gateway-owner");

        JsonNode error =
                call(client, "agent.identity.get", "{\"sessionKey\":\"agent:nobody:x\"}")
                        .path("error");
        assertThat(error.path("message").asString(""))
                .isEqualTo("unknown agent id \"nobody\" (expected: main)");
        assertThat(error.at("/details/code").asString("")).isEqualTo("UNKNOWN_AGENT_ID");
    }

    @Test
    void nobodyLooksForUpdates() throws Exception {
        assertThat(answer("update.status", "{}"))
                .isEqualTo(TestServer.json("{\"sentinel\":null,\"updateAvailable\":null}"));
    }

    @Test
    void theAgentIsToldWhatItIsWokenWith() throws Exception {
        assertThat(answer("wake", "{\"mode\":\"now\",\"text\":\" the mail is there \"}").toString())
                .isEqualTo("{\"ok\":true}");
        assertThat(server.gateway.systemEvents).containsExactly("the mail is there");

        assertThat(
                        answer(
                                        "wake",
                                        "{\"mode\":\"now\",\"text\":\"x\","
                                                + "\"sessionKey\":\"agent:main:other\"}")
                                .toString())
                .isEqualTo("{\"ok\":false,\"reason\":\"unwakeable-session-key\"}");
        assertThat(refusal("wake", "{\"mode\":\"soon\",\"text\":\"x\"}"))
                .isEqualTo(
                        "invalid wake params: at /mode: must be equal to one of the allowed"
                                + " values");
        assertThat(refusal("wake", "{\"mode\":\"now\",\"text\":\" \"}")).isEqualTo("text required");
        assertThat(refusal("wake", "{\"mode\":\"now\",\"text\":\"x\",\"agentId\":\"nobody\"}"))
                .startsWith("unknown agent id");
        assertThat(server.gateway.systemEvents).hasSize(1);
    }

    @Test
    void aViewOfModelsThatIsNotKnownIsRefused() throws Exception {
        assertThat(answer("models.list", "{\"view\":\"all\"}").path("models").isArray()).isTrue();
        assertThat(refusal("models.list", "{\"view\":\"best\"}"))
                .isEqualTo(
                        "invalid models.list params: at /view: must be equal to one of the"
                                + " allowed values");
    }

    @Test
    void aProviderThatFailedSaysWhyUntilItAnswers() throws Exception {
        server.gateway.config = withKey(server.gateway.config);
        assertThat(lastFailure().isMissingNode()).isTrue();

        run("k1", Turn.State.FAILED, "fake: 401 Unauthorized");

        assertThat(lastFailure().path("message").asString("")).isEqualTo("fake: 401 Unauthorized");
        assertThat(lastFailure().path("model").asString("")).isEqualTo("echo-1");
        run("k2", Turn.State.ABORTED, "");
        assertThat(lastFailure().isMissingNode()).isFalse();
        run("k3", Turn.State.DONE, "");
        assertThat(lastFailure().isMissingNode()).isTrue();
    }

    private static ConfigSnapshot withKey(ConfigSnapshot plain) {
        var settings =
                new ModelProviderSettings(
                        "fake",
                        URI.create("http://127.0.0.1:1/v1"),
                        Secret.of("a-key-nobody-sees"),
                        Map.of(),
                        Duration.ofSeconds(1));
        var model = new ConfigSnapshot.Model("echo-1", "", 0, 0, false, false);
        return new ConfigSnapshot(
                plain.generation(),
                plain.hash(),
                plain.gateway(),
                Map.of("fake", new ConfigSnapshot.Provider(settings, "fake", List.of(model))),
                plain.agents(),
                plain.operation(),
                plain.problems());
    }

    private JsonNode lastFailure() throws Exception {
        JsonNode providers = answer("models.authStatus", "{}").path("providers");
        assertThat(providers.size()).isEqualTo(1);
        assertThat(providers.at("/0/apiKey/source").asString("")).isEqualTo("config");
        return providers.at("/0/lastFailure");
    }

    private void run(String runId, Turn.State state, String error) {
        var run = new GatewayEvent.Run(runId, "agent:main:main", "s-1", "main");
        RunEnd end = FakeGateway.end(runId, state, "", error);
        server.gateway
                .events()
                .publish(new GatewayEvent.RunModel(run, 1, "fake", "echo-1", FakeGateway.NOW_MS));
        server.gateway.events().publish(new GatewayEvent.RunEnded(run, 2, end));
    }
}
