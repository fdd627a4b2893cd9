package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.MessageOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.List;

class HooksTest {
    private static final String TOKEN = "hook-token-0123456789";
    private static final String SECRET = "Authorization: Bearer " + TOKEN;
    private static final HookMapping MAIL =
            new HookMapping(
                    new HookMapping.Match("mail", ""),
                    HookMapping.Action.AGENT,
                    "Mail",
                    new HookMapping.Answerer("", "fake/small", "low", 5_000),
                    "hook:mail:{{messages[0].id}}",
                    "New mail from {{messages[0].from}}\n{{payload.messages[0].text}}{{missing}}",
                    false);
    private static final HookMapping DOOR =
            new HookMapping(
                    new HookMapping.Match("", "door"),
                    HookMapping.Action.WAKE,
                    "",
                    HookMapping.Answerer.DEFAULT,
                    "",
                    "Somebody rang ({{query.by}})",
                    true);

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @BeforeEach
    void switchOn() {
        server.gateway.config = settings(new SessionKeys("", false, List.of()), MAIL, DOOR);
    }

    private static ConfigSnapshot settings(SessionKeys keys, HookMapping... mappings) {
        return FakeGateway.config(
                new Http(
                        false,
                        false,
                        Embedding.NONE,
                        new Hooks(
                                true,
                                Secret.of(TOKEN),
                                "/hooks",
                                262_144,
                                List.of("main"),
                                keys,
                                List.of(mappings))));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws Exception {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = SECRET;
        return talk.post(path, body, all);
    }

    private Gateway.Message message(HttpResponse<String> answer) {
        return server.gateway.message(json(answer).path("runId").asString());
    }

    @Test
    void tellsTheAgentOfAnEvent() throws Exception {
        HttpResponse<String> answer =
                post("/hooks/wake", "{\"text\":\" wake up \",\"mode\":\"now\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"ok\":true,\"mode\":\"now\",\"eventOutcome\":\"queued\"}");
        assertThat(server.gateway.systemEvents).containsExactly("wake up");
    }

    @Test
    void hearsAnEventThatIsSentAgainOnce() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(post("/hooks/wake", "{\"text\":\"x\"}", "Idempotency-Key: k").statusCode())
                    .isEqualTo(200);
        }
        post("/hooks/wake", "{\"text\":\"x\",\"idempotencyKey\":\"other\"}");

        assertThat(server.gateway.systemEvents).hasSize(2);
    }

    @Test
    void hasAnAgentAnswerAndSaysUnderWhichRun() throws Exception {
        HttpResponse<String> answer =
                post("/hooks/agent", "{\"message\":\"do it\\nnow\",\"name\":\"t\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).path("ok").asBoolean()).isTrue();
        Gateway.Message message = message(answer);
        assertThat(message.text())
                .startsWith("The webhook \"t\" says")
                .endsWith("\n\n> do it\n> now");
        assertThat(message.sessionKey()).isEqualTo("hook:" + message.idempotencyKey());
        assertThat(message.sender()).isEqualTo(new Gateway.Sender("hook t", false));
    }

    @Test
    void letsAnotherModelAnswerForAnotherTime() throws Exception {
        MessageOptions asked =
                message(
                                post(
                                        "/hooks/agent",
                                        """
                                        {"message":"x","model":"fake/big","thinking":"high","timeoutSeconds":90}"""))
                        .options();
        assertThat(asked.model()).isEqualTo("fake/big");
        assertThat(asked.thinking()).isEqualTo("high");
        assertThat(asked.timeoutMs()).isEqualTo(90_000);
        MessageOptions mapped = message(post("/hooks/mail", "{\"messages\":[]}")).options();
        assertThat(mapped.model()).isEqualTo("fake/small");
        assertThat(mapped.thinking()).isEqualTo("low");
        assertThat(mapped.timeoutMs()).isEqualTo(5_000);
        HttpResponse<String> wrong =
                post("/hooks/agent", "{\"message\":\"x\",\"timeoutSeconds\":\"soon\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("timeoutSeconds is \\\"soon\\\" (expected: 1 to 86400)");
        String endless = "{\"message\":\"x\",\"timeoutSeconds\":99999999999999999999}";
        assertThat(post("/hooks/agent", endless).statusCode()).isEqualTo(400);
    }

    @Test
    void saysThatAnAnswerGoesToNoChannel() throws Exception {
        for (String wish :
                List.of("\"deliver\":true", "\"channel\":\"telegram\"", "\"to\":\"1\"")) {
            HttpResponse<String> answer =
                    post("/hooks/agent", "{\"message\":\"x\",%s}".formatted(wish));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(json(answer).path("notice").asString())
                    .startsWith("This release has no channels");
        }
        for (String wish : List.of("\"deliver\":false", "\"channel\":\"last\"")) {
            assertThat(post("/hooks/agent", "{\"message\":\"x\",%s}".formatted(wish)).body())
                    .doesNotContain("notice");
        }
    }

    @Test
    void givesTheSameRunForTheSameKey() throws Exception {
        HttpResponse<String> first =
                post("/hooks/agent", "{\"message\":\"m\"}", "Idempotency-Key: k");
        HttpResponse<String> second =
                post("/hooks/agent", "{\"message\":\"m\"}", "X-OpenClaw-Idempotency-Key: k");

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(server.gateway.messages).hasSize(1);
    }

    @Test
    void makesAMessageOfAMappedPayload() throws Exception {
        HttpResponse<String> answer =
                post(
                        "/hooks/mail",
                        "{\"messages\":[{\"id\":7,\"from\":\"Ada $1\",\"text\":\"Hi\\nthere\"}]}");

        Gateway.Message message = message(answer);
        assertThat(message.sessionKey()).isEqualTo("hook:mail:7");
        assertThat(message.text()).endsWith("\n\n> New mail from Ada $1\n> Hi\n> there");
    }

    @Test
    void makesAnEventOfAMappedPayloadBySource() throws Exception {
        HttpResponse<String> answer = post("/hooks/any?by=Bob%21", "{\"source\":\"door\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(server.gateway.systemEvents).containsExactly("Somebody rang (Bob!)");
    }

    @Test
    void refusesWhatItCannotUse() throws Exception {
        assertThat(post("/hooks/wake", "{}").body())
                .isEqualTo("{\"ok\":false,\"error\":\"text required\"}");
        assertThat(post("/hooks/agent", "").body())
                .isEqualTo("{\"ok\":false,\"error\":\"message required\"}");
        assertThat(post("/hooks/agent", "{").statusCode()).isEqualTo(400);
        assertThat(post("/hooks/agent", "[]").statusCode()).isEqualTo(400);
        assertThat(post("/hooks/agent", "{\"message\":\"m\",\"sessionKey\":\"main\"}").body())
                .contains("hooks.allowRequestSessionKey=true");
        HttpResponse<String> unknown = post("/hooks/unknown", "{}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("Not Found");
        assertThat(post("/hooks/agent", "x".repeat(262_145)).statusCode()).isEqualTo(413);
        assertThat(server.gateway.messages).isEmpty();
    }

    @Test
    void letsAPayloadChooseAConversationOnlyAsConfigured() throws Exception {
        server.gateway.config = settings(new SessionKeys("hook:all", true, List.of("hook:")));

        assertThat(message(post("/hooks/agent", "{\"message\":\"m\"}")).sessionKey())
                .isEqualTo("hook:all");
        assertThat(
                        message(
                                        post(
                                                "/hooks/agent",
                                                "{\"message\":\"m\",\"sessionKey\":\"hook:b\"}"))
                                .sessionKey())
                .isEqualTo("hook:b");
        assertThat(post("/hooks/agent", "{\"message\":\"m\",\"sessionKey\":\"main\"}").body())
                .contains("sessionKey must start with one of: hook:");
    }

    @Test
    void asksForItsOwnToken() throws Exception {
        String body = "{\"text\":\"x\"}";
        HttpResponse<String> wrong = talk.post("/hooks/wake", body);
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).isEqualTo("Unauthorized");
        assertThat(
                        talk.post(
                                        "/hooks/wake",
                                        body,
                                        "Authorization: none",
                                        "X-OpenClaw-Token: " + TOKEN)
                                .statusCode())
                .isEqualTo(200);
        HttpResponse<String> inQuery = post("/hooks/wake?token=" + TOKEN, body);
        assertThat(inQuery.statusCode()).isEqualTo(400);
        assertThat(inQuery.body()).startsWith("Hook token must be provided via Authorization");
        assertThat(talk.get("/hooks/wake").statusCode()).isEqualTo(405);
    }

    @Test
    void isNotThereWhileItIsOff() throws Exception {
        server.gateway.config = FakeGateway.config(Http.DEFAULTS);

        assertThat(post("/hooks/wake", "{\"text\":\"x\"}").statusCode()).isEqualTo(404);
    }
}
