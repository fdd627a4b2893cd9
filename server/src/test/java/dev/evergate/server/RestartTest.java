package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.spi.Restarts;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** Asking for a restart and reading about those that were. */
class RestartTest {
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

    @Test
    void itIsAlwaysSafeAndTellsWhatGoesOn() throws Exception {
        assertThat(call(client, "gateway.restart.preflight", "{}").path("payload").toString())
                .isEqualTo(
                        """
                        {"safe":true,"counts":{"queueSize":0,"pendingReplies":0,"embeddedRuns":0,\
                        "cronRuns":0,"backgroundExecSessions":0,"rootRequests":0,"activeTasks":0,\
                        "totalActive":0},"blockers":[],"summary":"safe to restart now"}""");

        server.restarts.work = new Restarts.Work(2, 3);

        JsonNode busy = call(client, "gateway.restart.preflight", "{}").path("payload");
        assertThat(busy.path("safe").asBoolean(false)).isTrue();
        assertThat(busy.path("blockers").isEmpty()).isTrue();
        assertThat(busy.at("/counts/embeddedRuns").asInt(0)).isEqualTo(2);
        assertThat(busy.at("/counts/queueSize").asInt(0)).isEqualTo(3);
        assertThat(busy.at("/counts/totalActive").asInt(0)).isEqualTo(5);
        assertThat(busy.path("summary").asString(""))
                .isEqualTo(
                        "safe to restart now: 2 running answer(s) go on, 3 waiting message(s) are"
                                + " taken over");
        assertThat(server.restarts.reasons).isEmpty();
    }

    @Test
    void aRequestIsAnsweredAsOpenClawDoes() throws Exception {
        JsonNode answer =
                call(
                        client,
                        "gateway.restart.request",
                        """
                        {"reason":" new code ","skipDeferral":false}""");

        assertThat(server.restarts.reasons).containsExactly("new code");
        assertThat(answer.at("/payload/ok").asBoolean(false)).isTrue();
        assertThat(answer.at("/payload/status").asString("")).isEqualTo("scheduled");
        assertThat(answer.at("/payload/preflight/safe").asBoolean(false)).isTrue();
        assertThat(answer.at("/payload/restart").toString())
                .isEqualTo(
                        """
                        {"ok":true,"pid":4700,"signal":"SIGUSR2","reason":"new code",\
                        "mode":"emit","cooldownMsApplied":0,"delayMs":0,"coalesced":false,\
                        "emitHooksQueued":false}""");
    }

    @Test
    void aSecondRequestJoinsTheFirst() throws Exception {
        JsonNode _ = call(client, "gateway.restart.request", "{}");
        JsonNode second =
                call(client, "gateway.restart.request", "{\"reason\":\"" + "x".repeat(500) + "\"}");

        assertThat(second.at("/payload/restart/coalesced").asBoolean(false)).isTrue();
        assertThat(server.restarts.reasons)
                .containsExactly("gateway.restart.request", "x".repeat(200));
    }

    @Test
    void aGatewayThatEndsSaysTryAgain() throws Exception {
        server.restarts.isStopping = true;

        JsonNode error = call(client, "gateway.restart.request", "{}").path("error");

        assertThat(error.path("code").asString("")).isEqualTo("UNAVAILABLE");
        assertThat(error.path("retryable").asBoolean(false)).isTrue();
        assertThat(error.path("message").asString("")).isEqualTo("the gateway stops");
    }

    @Test
    void reportsAreListedAndFoundByGeneration() throws Exception {
        String report = FakeRestarts.REPORT.toString();

        assertThat(call(client, "restarts.list", "{}").path("payload").toString())
                .isEqualTo("{\"restarts\":[" + report + "]}");
        assertThat(call(client, "restarts.get", "{\"generation\":8}").path("payload").toString())
                .isEqualTo("{\"restart\":" + report + "}");
        assertThat(call(client, "restarts.get", "{\"generation\":9}").path("payload").toString())
                .isEqualTo("{\"restart\":null}");
        assertThat(call(client, "restarts.get", "{}").at("/error/message").asString(""))
                .contains("must have required property 'generation'");
    }

    @Test
    void whoMayAdministerTheGatewayIsItsOwner() throws Exception {
        String message =
                """
                {"sessionKey":"main","message":"/restart","idempotencyKey":"%s"}""";
        JsonNode _ = call(client, "chat.send", message.formatted("k1"));
        try (RawClient writer = server.authenticated("operator.write")) {
            JsonNode _ = call(writer, "chat.send", message.formatted("k2"));
        }

        assertThat(server.gateway.senders)
                .containsEntry("k1", new Gateway.Sender("cli", true))
                .containsEntry("k2", new Gateway.Sender("cli", false));
    }
}
