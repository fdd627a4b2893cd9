package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Blob;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

class RequestTest {
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

    private void end(String runId, Turn.State state, String text, String error) {
        Wait.until("the run is known", () -> server.gateway.runs.containsKey(runId));
        server.gateway.endRun(FakeGateway.end(runId, state, text, error));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"type":"req","id":"x","params":{}} | x | must have required property 'method'
            {"type":"req","method":"health"} | invalid | must have required property 'id'
            {"type":"req","id":7,"method":"health"} | invalid | at /id: must be string
            {"type":"req","id":"","method":"health"} | invalid | at /id: must not have fewer than 1 characters
            {"id":"x","method":"health"} | x | must have required property 'type'
            {"type":"event","id":"x","method":"health"} | x | at /type: must be equal to constant
            {"type":"req","id":"x","method":5} | x | at /method: must be string
            [1,2] | invalid | at root: must be object
            "text" | invalid | at root: must be object
            """)
    void answersAMalformedFrameAndGoesOn(String frame, String id, String problem) throws Exception {
        client.sendText(frame);

        JsonNode answer = json(client.readText());
        assertThat(answer.path("id").asString()).isEqualTo(id);
        assertThat(answer.path("error").toString())
                .isEqualTo(
                        "{\"code\":\"INVALID_REQUEST\",\"message\":\"invalid request frame: "
                                + problem
                                + "\"}");
        assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("K1")
    void ignoresWhatIsNotJson() throws Exception {
        client.sendText("garbage{");
        client.sendText("");
        client.sendText(" ");
        client.sendText("{\"type\":\"req\",\"id\":\"deep\",\"params\":" + "[".repeat(100) + "}");

        assertThat(call(client, "health", "{}").path("id").asString()).isEqualTo("q");
    }

    @Test
    void acceptsJsonInABinaryFrame() throws Exception {
        client.send(
                RawClient.frame(
                        true,
                        2,
                        "{\"type\":\"req\",\"id\":\"b\",\"method\":\"health\"}"
                                .getBytes(StandardCharsets.UTF_8)));

        assertThat(answer(client, "b").path("ok").asBoolean()).isTrue();
    }

    @Test
    void echoesTheIdByteForByte() throws Exception {
        client.sendText("{\"method\":\"health\",\"id\":\"a\\\"\\u00e9 ü\",\"type\":\"req\"}");

        assertThat(client.readText())
                .startsWith("{\"type\":\"res\",\"id\":\"a\\\"\\u00e9 ü\",\"ok\":true,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            sessions.list | {"limit":"x"} | at /limit: must be integer
            sessions.list | {"limit":1.5} | at /limit: must be integer
            sessions.list | {"limit":0} | at /limit: must be >= 1
            chat.history | {"sessionKey":"main","limit":1001} | at /limit: must be <= 1000
            chat.history | {} | must have required property 'sessionKey'
            chat.send | {"sessionKey":"main","message":"hi"} | must have required property 'idempotencyKey'
            chat.send | {"sessionKey":"main","message":5,"idempotencyKey":"k"} | at /message: must be string
            agent | {"message":"","idempotencyKey":"k"} | at /message: must not have fewer than 1 characters
            agent | {"message":"hi"} | must have required property 'idempotencyKey'
            system-event | {} | must have required property 'text'
            health | {"bogus":1} |
            """)
    void checksParams(String method, String params, String problem) throws Exception {
        JsonNode answer = call(client, method, params);

        if (problem == null) {
            assertThat(answer.path("ok").asBoolean()).isTrue();
        } else {
            assertThat(answer.path("error").toString())
                    .isEqualTo(
                            "{\"code\":\"INVALID_REQUEST\",\"message\":\"invalid "
                                    + method
                                    + " params: "
                                    + problem
                                    + "\"}");
        }
    }

    @Test
    void takesPicturesAndFilesOfText() throws Exception {
        String params =
                """
                {"sessionKey":"m","message":"what is this?","idempotencyKey":"k","thinking":"low",
                 "timeoutMs":5000,"attachments":[
                  {"type":"image","mimeType":"image/png","fileName":"a.png","content":"AQID"},
                  {"type":"file","mimeType":"text/csv","fileName":"b.csv","content":"MSwy"},
                  {"type":"image","source":{"type":"base64","media_type":"image/jpg","data":"BAU="}}]}""";

        assertThat(call(client, "chat.send", params).at("/payload/status").asString())
                .isEqualTo("started");

        Gateway.Message message = server.gateway.message("k");
        Attachment first = new Attachment("image/png", "a.png", Blob.of(new byte[] {1, 2, 3}));
        Attachment second = new Attachment("image/jpeg", "", Blob.of(new byte[] {4, 5}));
        assertThat(message.attachments()).containsExactly(first, second);
        assertThat(message.content().blocks())
                .containsExactly(
                        new Block.Text("what is this?"),
                        first.image(),
                        new Block.Text("[File b.csv]\n1,2"),
                        second.image());
        assertThat(message.options().thinking()).isEqualTo("low");
        assertThat(message.options().timeoutMs()).isEqualTo(5000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | /attachments/0: must have required property 'content'",
                "{'content':'AQID'} | /attachments/0: must have required property 'mimeType'",
                "{'mimeType':'image/png','content':'?'} | /attachments/0/content: must be base64",
                "{'mimeType':'image/png','content':''} | /attachments/0/content: must not have fewer than 1",
                "{'mimeType':'application/pdf','content':'AQID'} | type \"application/pdf\" (expected: image/gif,",
                "{'mimeType':'text/plain','content':'gIGC'} | no UTF-8 text",
                "5 | /attachments/0: must be object",
            })
    void saysWhatIsWrongWithAnAttachment(String attachment, String problem) throws Exception {
        String params =
                "{\"sessionKey\":\"m\",\"message\":\"h\",\"idempotencyKey\":\"k\",\"attachments\":[%s]}"
                        .formatted(attachment.replace('\'', '"'));

        assertThat(call(client, "chat.send", params).at("/error/message").asString())
                .startsWith("invalid chat.send params: at ")
                .contains(problem);
    }

    @Test
    void saysHowMuchMayBeAttached() throws Exception {
        String large = "A".repeat(4 * ((6_291_456 / 3) + 1));
        String params =
                "{\"sessionKey\":\"m\",\"message\":\"h\",\"idempotencyKey\":\"k\",\"att"
                        + "achments\":[{\"mimeType\":\"image/png\",\"content\":\"%s\"}]}"
                                .formatted(large);

        assertThat(call(client, "chat.send", params).at("/error/message").asString())
                .contains("a file of 6291459 bytes (expected: 1 to 6291456)");
    }

    @Test
    void doesNotKnowEveryMethod() throws Exception {
        assertThat(call(client, "nope", "{}").at("/error/message").asString())
                .isEqualTo("unknown method: nope");
    }

    @Test
    void tellsOperatingErrorsAndHidesBugs() throws Exception {
        String send = "{\"sessionKey\":\"main\",\"message\":\"%s\",\"idempotencyKey\":\"k\"}";

        assertThat(call(client, "chat.send", send.formatted("REFUSE")).path("error").toString())
                .matches(
                        "\\{\"code\":\"UNAVAILABLE\",\"message\":\"not now\",\"retryable\":true,"
                                + "\"retryAfterMs\":[5-9][0-9]{2},"
                                + "\"details\":\\{\"reason\":\"unavailable\"\\}\\}");
        assertThat(call(client, "chat.send", send.formatted("BUG")).path("error").toString())
                .isEqualTo(
                        "{\"code\":\"UNAVAILABLE\",\"message\":\"chat.send failed unexpectedly;"
                                + " the log has the details\"}");
        assertThat(server.faults).hasSize(1);
    }

    @Test
    void tellsWhatBecameOfAMessage() throws Exception {
        String send = "{\"sessionKey\":\"main\",\"message\":\"hi\",\"idempotencyKey\":\"k1\"}";

        assertThat(call(client, "chat.send", send).path("payload").toString())
                .isEqualTo("{\"runId\":\"k1\",\"status\":\"started\"}");
        assertThat(call(client, "chat.send", send).path("payload").toString())
                .isEqualTo("{\"runId\":\"k1\",\"status\":\"in_flight\"}");
        end("k1", Turn.State.DONE, "hello", "");
        assertThat(call(client, "chat.send", send).path("payload").toString())
                .isEqualTo("{\"runId\":\"k1\",\"status\":\"ok\"}");
    }

    @Test
    void answersAgentTwiceUnderOneId() throws Exception {
        JsonNode accepted = call(client, "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"a1\"}");
        assertThat(accepted.path("payload").toString())
                .isEqualTo(
                        "{\"runId\":\"a1\",\"sessionKey\":\"agent:main:explicit:a1\","
                                + "\"agentId\":\"main\",\"status\":\"accepted\","
                                + "\"acceptedAt\":1795300000000}");

        end("a1", Turn.State.DONE, "hello", "");
        JsonNode done = answer(client, "q");
        assertThat(done.path("ok").asBoolean()).isTrue();
        assertThat(done.at("/payload/status").asString()).isEqualTo("ok");
        assertThat(done.at("/payload/result/payloads/0/text").asString()).isEqualTo("hello");
        assertThat(done.at("/payload/result/meta/agentMeta/usage/total").asInt()).isEqualTo(49);
    }

    @Test
    void tellsAFailedRunWithPayloadAndError() throws Exception {
        var _ = call(client, "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"a2\"}");
        end("a2", Turn.State.FAILED, "", "the model refused");

        JsonNode failed = answer(client, "q");
        assertThat(failed.toString())
                .isEqualTo(
                        "{\"type\":\"res\",\"id\":\"q\",\"ok\":false,\"payload\":{\"runId\":\"a2\","
                                + "\"status\":\"error\",\"summary\":\"the model refused\"},"
                                + "\"error\":{\"code\":\"UNAVAILABLE\",\"message\":\"the model"
                                + " refused\"}}");
    }

    @Test
    void waitsForARunAndGivesUp() throws Exception {
        var _ = call(client, "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"a3\"}");

        assertThat(
                        call(client, "agent.wait", "{\"runId\":\"a3\",\"timeoutMs\":30}")
                                .path("payload")
                                .toString())
                .isEqualTo("{\"runId\":\"a3\",\"status\":\"timeout\"}");
        client.sendText(
                "{\"type\":\"req\",\"id\":\"w\",\"method\":\"agent.wait\",\"params\":"
                        + "{\"runId\":\"a3\"}}");
        end("a3", Turn.State.DONE, "hello", "");
        assertThat(answer(client, "w").at("/payload/status").asString()).isEqualTo("ok");
    }

    @Test
    void refusesTheHundredAndFirstUnansweredRequest() throws Exception {
        server.gateway.gate = new CountDownLatch(1);
        for (int i = 0; i < 101; i++) {
            client.sendText(
                    """
                    {"type":"req","id":"%d","method":"chat.send","params":
                     {"sessionKey":"main","message":"hi","idempotencyKey":"k%d"}}"""
                            .formatted(i, i));
        }

        JsonNode refused = json(client.readText());
        assertThat(refused.path("id").asString()).isEqualTo("100");
        assertThat(refused.at("/error/code").asString()).isEqualTo("UNAVAILABLE");
        assertThat(refused.at("/error/retryable").asBoolean()).isTrue();
        server.gateway.gate.countDown();
        for (int i = 0; i < 100; i++) {
            assertThat(json(client.readText()).path("ok").asBoolean()).isTrue();
        }
        assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("I33")
    void aRequestSeesOneConfigurationFromItsStartToItsEnd() throws Exception {
        server.gateway.gate = new CountDownLatch(1);
        String create =
                """
                {"type":"req","id":"%s","method":"sessions.create","params":
                 {"key":"pinned","message":"hi","idempotencyKey":"%s"}}""";
        client.sendText(create.formatted("before", "p1"));
        Wait.until("it has begun", () -> server.gateway.sessions.containsKey("pinned"));
        server.gateway.config = withModel(server.gateway.config, "other", "m");
        server.gateway.gate.countDown();

        assertThat(answer(client, "before").at("/payload/resolved/modelProvider").asString())
                .isEqualTo("fake");
        client.sendText(create.formatted("after", "p2"));
        assertThat(answer(client, "after").at("/payload/resolved/modelProvider").asString())
                .isEqualTo("other");
    }

    private static ConfigSnapshot withModel(ConfigSnapshot config, String provider, String model) {
        return new ConfigSnapshot(
                config.generation() + 1,
                "hash-2",
                config.gateway(),
                config.providers(),
                new ConfigSnapshot.Agents(
                        "main",
                        Optional.of(new ConfigSnapshot.ModelRef(provider, model)),
                        List.of(),
                        60_000,
                        10),
                config.operation(),
                List.of());
    }

    @Test
    void showsHistoryInFullAsADeltaAndAsAReset() throws Exception {
        JsonNode full =
                call(client, "chat.history", "{\"sessionKey\":\"main\",\"limit\":50}")
                        .path("payload");
        assertThat(full.path("messages").size()).isEqualTo(2);
        assertThat(full.at("/messages/0/role").asString()).isEqualTo("user");
        assertThat(full.at("/messages/0/idempotencyKey").asString()).isEqualTo("run-1:user");
        assertThat(full.at("/messages/1/content/0/text").asString()).isEqualTo("text 2");
        assertThat(full.at("/messages/1/__openclaw/seq").asInt()).isEqualTo(2);
        assertThat(full.path("deltaCursor").asString()).isEqualTo("c-1");
        assertThat(full.path("inFlightRun").toString())
                .isEqualTo("{\"runId\":\"r1\",\"text\":\"so far\",\"startedAt\":1795300000000}");
        assertThat(full.at("/pendingInputs/items/0/runId").asString()).isEqualTo("r2");
        assertThat(full.has("agentsList")).isFalse();

        JsonNode delta =
                call(client, "chat.history", "{\"sessionKey\":\"main\",\"cursor\":\"c-1\"}")
                        .path("payload");
        assertThat(delta.path("kind").asString()).isEqualTo("delta");
        assertThat(delta.at("/messages/0/message/role").asString()).isEqualTo("user");
        assertThat(delta.at("/messages/0/messageSeq").asInt()).isEqualTo(1);
        assertThat(delta.path("deltaCursor").asString()).isEqualTo("c-2");
        assertThat(
                        call(client, "chat.history", "{\"sessionKey\":\"main\",\"cursor\":\"old\"}")
                                .path("payload")
                                .toString())
                .isEqualTo("{\"kind\":\"reset\"}");
        assertThat(
                        call(client, "chat.startup", "{\"sessionKey\":\"main\",\"maxBytes\":9}")
                                .at("/payload/agentsList/agents/0/model/primary")
                                .asString())
                .isEqualTo("fake/echo-1");
    }

    @Test
    void createsListsDescribesAndDeletesConversations() throws Exception {
        JsonNode created =
                call(client, "sessions.create", "{\"key\":\"agent:main:x\",\"label\":\"X\"}")
                        .path("payload");
        assertThat(created.path("key").asString()).isEqualTo("agent:main:x");
        assertThat(created.path("runStarted").asBoolean(true)).isFalse();

        JsonNode list = call(client, "sessions.list", "{}").path("payload");
        assertThat(list.path("count").asInt()).isEqualTo(1);
        assertThat(list.at("/sessions/0/key").asString()).isEqualTo("agent:main:x");
        assertThat(list.at("/sessions/0/totalTokens").asInt()).isEqualTo(49);
        assertThat(list.path("nextOffset").isNull()).isTrue();
        assertThat(
                        call(client, "sessions.describe", "{\"key\":\"agent:main:x\"}")
                                .at("/payload/session/sessionId")
                                .asString())
                .isEqualTo("s-agent:main:x");
        assertThat(
                        call(client, "sessions.delete", "{\"key\":\"agent:main:x\"}")
                                .at("/payload/deleted")
                                .asBoolean())
                .isTrue();
        assertThat(
                        call(client, "sessions.describe", "{\"key\":\"agent:main:x\"}")
                                .path("payload")
                                .toString())
                .isEqualTo("{\"session\":null}");
    }

    @Test
    void startsTheRunThatAConversationIsCreatedWith() throws Exception {
        JsonNode created =
                call(client, "sessions.create", "{\"message\":\"hi\",\"idempotencyKey\":\"n1\"}")
                        .path("payload");

        assertThat(created.path("runId").asString()).isEqualTo("n1");
        assertThat(server.gateway.runs).containsKey("n1");
    }

    @Test
    void answersSubscriptionsAndTheRest() throws Exception {
        assertThat(call(client, "sessions.subscribe", "{}").path("payload").toString())
                .isEqualTo("{\"subscribed\":true}");
        assertThat(call(client, "sessions.subscribe", "{\"limit\":5}").at("/payload/list/count"))
                .isNotNull();
        assertThat(
                        call(client, "sessions.messages.subscribe", "{\"key\":\"main\"}")
                                .path("payload")
                                .toString())
                .isEqualTo("{\"subscribed\":true,\"key\":\"main\"}");
        assertThat(call(client, "last-heartbeat", "{}").path("payload").isNull()).isTrue();
        assertThat(call(client, "system-presence", "{}").at("/payload/0/reason").asString())
                .isEqualTo("self");
        assertThat(call(client, "system-event", "{\"text\":\"rain\"}").path("ok").asBoolean())
                .isTrue();
        assertThat(server.gateway.systemEvents).containsExactly("rain");
        assertThat(call(client, "logs.tail", "{\"cursor\":5}").at("/payload/cursor").asInt())
                .isEqualTo(15);
        assertThat(
                        call(client, "diagnostics.stability", "{\"limit\":7,\"sinceSeq\":3}")
                                .at("/payload")
                                .toString())
                .isEqualTo("{\"limit\":7,\"type\":\"\",\"sinceSeq\":3}");
        assertThat(call(client, "config.get", "{}").at("/payload/valid").asBoolean()).isTrue();
        assertThat(call(client, "commands.list", "{}").at("/payload/commands/0/name").asString())
                .isEqualTo("help");
        assertThat(call(client, "models.list", "{}").at("/payload/models").size()).isZero();
        assertThat(call(client, "status", "{}").at("/payload/gateway/generation").asInt())
                .isEqualTo(41);
        assertThat(
                        call(client, "chat.abort", "{\"sessionKey\":\"main\"}")
                                .path("payload")
                                .toString())
                .isEqualTo("{\"ok\":true,\"aborted\":false,\"runIds\":[]}");
    }
}
