package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;
import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

class ToolsTest {
    private static final String PATH = "/tools/invoke";

    private static final String SEND =
            """
            {"tool":"sessions_send","idempotencyKey":"k1",
             "args":{"sessionKey":"work","message":"hello","timeoutSeconds":%d}}""";

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    @Test
    void usesATool() throws Exception {
        server.gateway.conversations().create("agent:main:main", "", SessionDetails.NONE);

        HttpResponse<String> answer =
                talk.post(PATH, "{\"tool\":\"sessions_list\",\"args\":{\"limit\":5}}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).path("ok").asBoolean()).isTrue();
        String text = json(answer).at("/result/content/0/text").asString();
        assertThat(TestServer.json(text).at("/sessions/0/key").asString())
                .isEqualTo("agent:main:main");
        assertThat(json(answer).at("/result/details/count").asInt()).isEqualTo(1);
    }

    @Test
    void readsAConversation() throws Exception {
        HttpResponse<String> answer = talk.post(PATH, "{\"name\":\"sessions_history\"}");

        assertThat(json(answer).at("/result/details/messages/0/content").asString())
                .isEqualTo("text 1");
        assertThat(json(talk.post(PATH, "{\"tool\":\"agents_list\"}")).toString())
                .contains("\"model\":\"fake/echo-1\"");
    }

    @Test
    void saysSomethingInAConversationAndWaitsForTheAnswer() throws Exception {
        CompletableFuture<HttpResponse<String>> answer =
                talk.begin(PATH, SEND.formatted(20), "x-openclaw-message-channel: script");
        Wait.until("it was said", 20_000, () -> server.gateway.runs() == 1);
        assertThat(server.gateway.lastRun()).isEqualTo("tool_k1");
        server.gateway.endRun(FakeGateway.end("tool_k1", Turn.State.DONE, "hi there", ""));

        JsonNode details = json(answer.get()).at("/result/details");
        assertThat(details.path("status").asString()).isEqualTo("ok");
        assertThat(details.path("reply").asString()).isEqualTo("hi there");
        assertThat(details.path("sessionKey").asString()).isEqualTo("agent:main:work");
        assertThat(server.gateway.message("tool_k1").sender().name()).isEqualTo("script");
        assertThat(server.gateway.message("tool_k1").sender().isOwner()).isTrue();
    }

    @Test
    void needNotWaitForTheAnswer() throws Exception {
        assertThat(json(talk.post(PATH, SEND.formatted(0))).at("/result/details").toString())
                .isEqualTo(
                        "{\"runId\":\"tool_k1\",\"sessionKey\":\"agent:main:work\",\"status\":\"accepted\"}");
        HttpResponse<String> again = talk.post(PATH, SEND.formatted(0));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(server.gateway.runs()).isEqualTo(1);
        assertThat(json(talk.post(PATH, SEND.formatted(1))).at("/result/details/status").asString())
                .isEqualTo("timeout");
    }

    @Test
    void leavesToTheNextGenerationWhatItAnswers() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, SEND.formatted(20));
        Wait.until("its end is waited for", () -> server.gateway.isAwaited("tool_k1"));
        server.gateway.leave("tool_k1");

        assertThat(json(answer.get()).at("/result/details/status").asString())
                .isEqualTo("accepted");
    }

    @Test
    void tellsHowAConversationStands() throws Exception {
        server.gateway.conversations().create("agent:main:work", "", SessionDetails.NONE);

        String known = "{\"tool\":\"session_status\",\"sessionKey\":\"work\"}";
        JsonNode details = json(talk.post(PATH, known)).at("/result/details");
        assertThat(details.path("model").asString()).isEqualTo("fake/echo-1");
        assertThat(details.at("/session/totalTokens").asInt()).isEqualTo(49);
        String unknown = "{\"tool\":\"session_status\",\"args\":{\"sessionKey\":\"nowhere\"}}";
        assertThat(talk.post(PATH, unknown).body()).contains("Unknown sessionKey");
    }

    @Test
    void saysWhichArgumentIsWrong() throws Exception {
        HttpResponse<String> answer =
                talk.post(PATH, "{\"tool\":\"sessions_list\",\"args\":{\"limit\":\"ten\"}}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/type").asString()).isEqualTo("tool_error");
        assertThat(json(answer).at("/error/message").asString())
                .isEqualTo("invalid tools.invoke params: at /args/limit: must be integer");
        String stranger = "{\"tool\":\"sessions_list\",\"agentId\":\"other\"}";
        assertThat(talk.post(PATH, stranger).statusCode()).isEqualTo(400);
    }

    @Test
    void showsItsToolsToClients() throws Exception {
        try (RawClient client = server.authenticated("operator.read")) {
            JsonNode catalog = call(client, "tools.catalog", "{}").path("payload");
            assertThat(
                            catalog.at("/groups/0/tools")
                                    .valueStream()
                                    .map(t -> t.path("id").asString()))
                    .containsExactly(
                            "agents_list",
                            "sessions_list",
                            "sessions_history",
                            "session_status",
                            "sessions_send");
            JsonNode effective =
                    call(client, "tools.effective", "{\"sessionKey\":\"main\"}").path("payload");
            assertThat(effective.path("agentId").asString()).isEqualTo("main");
            assertThat(effective.at("/groups/0/tools/0/rawDescription").asString()).isNotEmpty();
            assertThat(effective.at("/notices/0/message").asString())
                    .startsWith("The agent does not use these tools");
            assertThat(call(client, "tools.effective", "{}").at("/error/message").asString())
                    .isEqualTo(
                            "invalid tools.effective params: must have required property 'sessionKey'");
        }
    }

    @Test
    void letsClientsUseThem() throws Exception {
        try (RawClient client = server.authenticated("operator.write")) {
            String agents = "{\"name\":\"agents_list\",\"args\":{}}";
            JsonNode used = call(client, "tools.invoke", agents).path("payload");
            assertThat(used.path("ok").asBoolean()).isTrue();
            assertThat(used.path("toolName").asString()).isEqualTo("agents_list");
            assertThat(used.at("/output/details/requester").asString()).isEqualTo("main");
            JsonNode unknown = call(client, "tools.invoke", "{\"name\":\"nope\"}");
            assertThat(unknown.path("payload").toString())
                    .isEqualTo(
                            "{\"ok\":false,\"toolName\":\"nope\",\"error\":{\"code\":\"not_found\","
                                    + "\"message\":\"Tool not available: nope\"}}");
            JsonNode later =
                    call(
                            client,
                            "tools.invoke",
                            "{\"name\":\"sessions_send\",\"args\":{\"sessionKey\":\"x\",\"message\":\"REFUSE\"}}");
            assertThat(later.at("/error/retryable").asBoolean()).isTrue();
        }
    }

    @Test
    void refusesWhatItCannotUse() throws Exception {
        assertThat(talk.post(PATH, "{\"tool\":\"nope\"}").body())
                .isEqualTo(
                        "{\"ok\":false,\"error\":{\"type\":\"not_found\","
                                + "\"message\":\"Tool not available: nope\"}}");
        assertThat(talk.post(PATH, "{}").statusCode()).isEqualTo(400);
        assertThat(talk.post(PATH, "nonsense").statusCode()).isEqualTo(400);
        assertThat(talk.get(PATH, "Authorization: none").statusCode()).isEqualTo(405);
        HttpResponse<String> stranger = talk.post(PATH, "{}", "Authorization: none");
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body())
                .isEqualTo("{\"error\":{\"message\":\"Unauthorized\",\"type\":\"unauthorized\"}}");
    }
}
