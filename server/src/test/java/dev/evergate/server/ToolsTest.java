package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.SessionDetails;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;

class ToolsTest {
    private static final String PATH = "/tools/invoke";

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
