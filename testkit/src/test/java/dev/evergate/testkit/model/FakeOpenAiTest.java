package dev.evergate.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

class FakeOpenAiTest {
    private final FakeOpenAi fake = FakeOpenAi.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        fake.close();
    }

    @Test
    void streamsWordByWordAndEndsWithUsage() throws Exception {
        fake.next(ModelScript.words(2, 1));

        String stream = ask(HttpResponse.BodyHandlers.ofString()).body();

        assertThat(stream)
                .containsSubsequence(
                        "\"content\":\"w1\"",
                        "\"content\":\" w2\"",
                        "\"finish_reason\":\"stop\"",
                        "\"completion_tokens\":2",
                        "data: [DONE]\n\n");
    }

    @Test
    void keepsOneConnectionForManyRequests() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(ask(HttpResponse.BodyHandlers.ofString()).body()).contains("You said: hi");
        }

        assertThat(fake.requests()).hasSize(3).noneMatch(SeenRequest::isClosedEarly);
        assertThat(fake.requests().getFirst().json().path("model").asString("")).isEqualTo("m");
    }

    @Test
    void cutsTheStreamWhereTheScriptSays() {
        for (ModelScript script : List.of(ModelScript.cutAfter(2), ModelScript.resetAfter(2))) {
            fake.next(script);

            assertThatThrownBy(() -> ask(HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(fake.requests()).noneMatch(SeenRequest::isClosedEarly);
    }

    @Test
    void noticesThatTheClientLeftEarly() throws Exception {
        fake.next(ModelScript.silenceAfter(1));

        try (InputStream stream = ask(HttpResponse.BodyHandlers.ofInputStream()).body()) {
            assertThat(stream.read()).isEqualTo('d');
            assertThat(fake.awaitRequest(1).isClosedEarly()).isFalse();
        }

        assertThat(fake.awaitRequest(1).awaitClosedEarly(5000)).isTrue();
    }

    @Test
    void listsItsModelsToWhoHasTheKey() throws Exception {
        fake.models("a", "b").requireKey("sk-right");

        assertThat(list("sk-right").body()).contains("\"id\":\"a\"", "\"id\":\"b\"");
        assertThat(list("sk-wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void playsScriptsThatACommandLineNames() throws Exception {
        for (String script :
                List.of("echo", "text:hi", "words:2:1ms", "slow:1ms:echo", "plain:hi", "invalid")) {
            fake.next(ModelScript.parse(script));
            assertThat(ask(HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
        fake.next(ModelScript.parse("429:7"));
        assertThat(ask(HttpResponse.BodyHandlers.ofString()).headers().firstValue("retry-after"))
                .hasValue("7");
        assertThatThrownBy(() -> ModelScript.parse("dance")).hasMessageContaining("'dance'");
    }

    private HttpResponse<String> list(String key) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/models"))
                        .header("Authorization", "Bearer " + key)
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> ask(HttpResponse.BodyHandler<T> handler) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/chat/completions"))
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        """
                                        {"model":"m","stream":true,"stream_options":{"include_usage":true},
                                         "messages":[{"role":"user","content":"hi"}]}"""))
                        .build();
        return client.send(request, handler);
    }
}
