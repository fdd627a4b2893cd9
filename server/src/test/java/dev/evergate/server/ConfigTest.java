package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Restart;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The configuration, read and changed by clients. */
class ConfigTest {
    private static final String BASE = "hmac-sha256:v1:before";

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

    private FakeConfigs.Change lastChange() {
        return server.configs.changes.getLast();
    }

    @Test
    void aPatchIsAnsweredAsOpenClawDoes() throws Exception {
        JsonNode answer =
                call(
                        client,
                        "config.patch",
                        """
                        {"raw":"{logging:{level:'debug'}}","baseHash":"%s","note":"louder",\
                        "replacePaths":["agents.list"],"restartDelayMs":50}"""
                                .formatted(BASE));

        assertThat(lastChange().edit())
                .isEqualTo(new Edit.Patch("{logging:{level:'debug'}}", Set.of("agents.list")));
        assertThat(lastChange().terms().baseHash()).contains(BASE);
        assertThat(lastChange().terms().restartDelayMs()).isEqualTo(OptionalLong.of(50));
        assertThat(lastChange().terms().isForced()).isFalse();
        JsonNode payload = answer.path("payload");
        assertThat(payload.propertyNames())
                .containsExactly("ok", "path", "hash", "config", "changedPaths", "sentinel");
        assertThat(payload.path("changedPaths").toString()).isEqualTo("[\"logging\"]");
        assertThat(payload.at("/sentinel/payload/kind").asString("")).isEqualTo("config-patch");
        assertThat(payload.at("/sentinel/payload/message").asString("")).isEqualTo("louder");
        assertThat(payload.at("/sentinel/payload/stats/requiresRestart").asBoolean(true)).isFalse();
    }

    @Test
    void aWholeDocumentIsAnsweredWithoutASentinel() throws Exception {
        JsonNode answer =
                call(client, "config.set", "{\"raw\":\"{}\",\"baseHash\":\"b\",\"force\":true}");

        assertThat(lastChange().edit()).isEqualTo(new Edit.Document("{}"));
        assertThat(lastChange().terms().isForced()).isTrue();
        assertThat(answer.path("payload").propertyNames())
                .containsExactly("ok", "path", "hash", "config");
    }

    @Test
    void aRestartThatFollowsIsAnnounced() throws Exception {
        Outcome.Done done = (Outcome.Done) server.configs.outcome;
        server.configs.outcome =
                new Outcome.Done(
                        done.path(),
                        done.hash(),
                        done.config(),
                        List.of("jvm"),
                        Optional.of(new Restart(4700, "config 1 -> 2", 1_000)));

        JsonNode answer = call(client, "config.apply", "{\"raw\":\"{}\",\"baseHash\":\"b\"}");

        JsonNode payload = answer.path("payload");
        assertThat(payload.at("/restart/delayMs").asInt(0)).isEqualTo(1_000);
        assertThat(payload.at("/restart/pid").asInt(0)).isEqualTo(4700);
        assertThat(payload.at("/sentinel/payload/stats/requiresRestart").asBoolean(false)).isTrue();
    }

    @Test
    void whatIsWrongIsNamedByKey() throws Exception {
        server.configs.outcome =
                new Outcome.Refused(
                        "invalid config: gateway: Unrecognized key: \"bogus\"",
                        List.of(new ConfigProblem("gateway", "Unrecognized key: \"bogus\"")));

        JsonNode answer = call(client, "config.patch", "{\"raw\":\"{}\",\"baseHash\":\"b\"}");

        assertThat(answer.path("error").toString())
                .isEqualTo(
                        """
                        {"code":"INVALID_REQUEST",\
                        "message":"invalid config: gateway: Unrecognized key: \\"bogus\\"",\
                        "details":{"issues":[{"path":"gateway",\
                        "message":"Unrecognized key: \\"bogus\\""}]}}""");
    }

    @Test
    void aRefusalWithoutIssuesHasNoDetails() throws Exception {
        server.configs.outcome =
                new Outcome.Refused(
                        "config changed since last load; re-run config.get and retry", List.of());

        JsonNode answer = call(client, "config.set", "{\"raw\":\"{}\",\"baseHash\":\"bad\"}");

        assertThat(answer.path("error").toString())
                .isEqualTo(
                        """
                        {"code":"INVALID_REQUEST",\
                        "message":"config changed since last load; re-run config.get and retry"}""");
    }

    @Test
    void whoMayOnlyReadCannotChangeAnything() throws Exception {
        try (RawClient reader = server.authenticated("operator.read")) {
            for (String method :
                    List.of("config.set", "config.patch", "config.apply", "config.undo")) {
                JsonNode answer = call(reader, method, "{\"raw\":\"{}\",\"baseHash\":\"b\"}");
                assertThat(answer.at("/error/code").asString("")).isEqualTo("FORBIDDEN");
            }
            assertThat(call(reader, "config.get", "{}").path("ok").asBoolean(false)).isTrue();
        }
        assertThat(server.configs.changes).isEmpty();
    }

    @Test
    void historyDiffAndSchemaAreAnswered() throws Exception {
        assertThat(call(client, "config.history", "{\"limit\":3}").path("payload").toString())
                .isEqualTo("{\"entries\":[{\"number\":3}]}");
        assertThat(call(client, "config.diff", "{\"from\":3}").path("payload").toString())
                .isEqualTo("{\"from\":3,\"to\":0}");
        assertThat(call(client, "config.schema", "{}").at("/payload/schema").isObject()).isTrue();
        assertThat(
                        call(client, "config.schema.lookup", "{\"path\":\"gateway.port\"}")
                                .at("/payload/path")
                                .asString(""))
                .isEqualTo("gateway.port");
        assertThat(
                        call(client, "config.schema.lookup", "{\"path\":\"no.where\"}")
                                .at("/error/code")
                                .asString(""))
                .isEqualTo("INVALID_REQUEST");
        JsonNode undone = call(client, "config.undo", "{\"number\":2}");
        assertThat(undone.path("ok").asBoolean(false)).isTrue();
        assertThat(lastChange().edit()).isEqualTo(new Edit.Undo(OptionalLong.of(2)));
    }

    @Test
    void everybodyWhoMayReadHearsOfAChangeAndOfHealthAfterIt() throws Exception {
        server.gateway
                .events()
                .publish(
                        new GatewayEvent.ConfigChanged(
                                "/s/evergate.json", "h2", "config 1 -> 2 by file: a (at once)", 7));

        JsonNode event = TestServer.event(client, "config.changed");
        assertThat(event.path("payload").toString())
                .isEqualTo(
                        """
                        {"path":"/s/evergate.json","hash":"h2","ts":7,\
                        "plan":"config 1 -> 2 by file: a (at once)"}""");
        assertThat(TestServer.event(client, "health").at("/payload/ok").asBoolean(false)).isTrue();
    }
}
