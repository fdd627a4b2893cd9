package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelAnswer.Stop;
import dev.evergate.api.ModelAnswer.Usage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelRequest;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.model.SeenRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

class OpenAiAnswerTest {
    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
    }

    @Test
    void streamsAnAnswerWordByWord() throws ModelException {
        asker.fake().next(ModelScript.words(3, 1));

        ModelAnswer answer = asker.ask();

        assertThat(asker.said()).containsExactly("w1", " w2", " w3");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(10, 3)));
    }

    @Test
    void sendsTheConversationWithKeyHeadersAndLimit() throws ModelException {
        ModelRequest request =
                new ModelRequest(
                        "the-model",
                        List.of(
                                new ChatMessage(ChatMessage.Role.SYSTEM, "Be brief."),
                                new ChatMessage(ChatMessage.Role.USER, "Grüße \"🌍\"\n"),
                                new ChatMessage(ChatMessage.Role.ASSISTANT, "Hello"),
                                new ChatMessage(ChatMessage.Role.USER, "Again")),
                        OptionalInt.of(50));
        Asker.provider(
                        Asker.settings(
                                asker.fake().baseUrl(), Asker.KEY, Map.of("X-Title", "Evergate")))
                .answer(request, asker.said()::add, asker.cancel());

        SeenRequest seen = asker.fake().awaitRequest(1);
        assertThat(seen.path()).isEqualTo("/v1/chat/completions");
        assertThat(seen.header("authorization")).hasValue("Bearer " + Asker.KEY);
        assertThat(seen.header("x-title")).hasValue("Evergate");
        assertThat(seen.text())
                .isEqualTo(
                        "{\"model\":\"the-model\",\"messages\":["
                                + "{\"role\":\"system\",\"content\":\"Be brief.\"},"
                                + "{\"role\":\"user\",\"content\":\"Grüße \\\"🌍\\\"\\n\"},"
                                + "{\"role\":\"assistant\",\"content\":\"Hello\"},"
                                + "{\"role\":\"user\",\"content\":\"Again\"}],"
                                + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                + "\"max_completion_tokens\":50}");
        assertThat(asker.said()).containsExactly("You said: Again");
    }

    @Test
    void asksWithoutAKeyWhereNoneIsNeeded() throws ModelException {
        Asker.provider(Asker.settings(asker.fake().baseUrl(), "", Map.of()))
                .answer(Asker.request(), _ -> {}, asker.cancel());

        assertThat(asker.fake().awaitRequest(1).header("authorization")).isEmpty();
    }

    @Test
    void findsThePageBelowAnyWayToWriteTheAddress() {
        assertThat(
                        List.of(
                                ApiRequest.address(URI.create("http://h/v1"), ApiRequest.CHAT),
                                ApiRequest.address(URI.create("http://h/v1//"), ApiRequest.CHAT),
                                ApiRequest.address(
                                        URI.create("http://h/v1/chat/completions"),
                                        ApiRequest.CHAT),
                                ApiRequest.address(
                                        URI.create("http://h/v1/chat/completions/"),
                                        ApiRequest.CHAT)))
                .containsOnly(URI.create("http://h/v1/chat/completions"));
        assertThat(ApiRequest.address(URI.create("https://h/d?api-version=1#x"), ApiRequest.CHAT))
                .isEqualTo(URI.create("https://h/d/chat/completions?api-version=1"));
    }

    @Test
    void acceptsPlainJsonWhereAStreamWasAskedFor() throws ModelException {
        asker.fake().next(ModelScript.plainJson("all at once"));

        ModelAnswer answer = asker.ask();

        assertThat(asker.said()).containsExactly("all at once");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(10, 2)));
    }

    @Test
    void acceptsAStreamWithoutItsLastMark() throws ModelException {
        asker.fake().next(ModelScript.events(Asker.text("hi"), Asker.finish("stop")));

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(asker.said()).containsExactly("hi");
    }

    @Test
    void acceptsAStreamWithoutFinishReasonThatHasItsLastMark() throws ModelException {
        asker.fake().next(ModelScript.events(Asker.text("hi"), "[DONE]"));

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
    }

    @Test
    void acceptsTheQuirksOfRealServers() throws ModelException {
        asker.fake()
                .next(
                        ModelScript.events(
                                "{\"choices\":null,\"usage\":null,\"error\":null}",
                                "{\"choices\":[]}",
                                "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null},"
                                        + "\"finish_reason\":null}]}",
                                "{\"choices\":[{\"delta\":{\"reasoning_content\":\"hmm\",\"content\":\"\"}}]}",
                                "{\"choices\":[{\"delta\":{\"reasoning\":\"hmm\"}}]}",
                                "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"unknown\":{}}]}",
                                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"another choice\"}}]}",
                                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                                        + "[{\"type\":\"text\",\"text\":\"b\"}]}}]}",
                                "{\"choices\":[{\"message\":{\"content\":\"c\"},\"delta\":null}]}",
                                Asker.finish("stop"),
                                "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":null}}",
                                "[DONE]"));

        ModelAnswer answer = asker.ask();

        assertThat(asker.said()).containsExactly("a", "b", "c");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(5, 0)));
    }

    @Test
    void acceptsCommentsAndEveryKindOfLineEnd() throws ModelException {
        asker.fake()
                .next(
                        ModelScript.stream(
                                ": keep-alive\r\n\r\n",
                                "data:" + Asker.text("one") + "\r",
                                "\n\r\n: more\n",
                                "data: " + Asker.text("two").substring(0, 9),
                                Asker.text("two").substring(9) + "\n\n",
                                "data: " + Asker.finish("stop") + "\n\ndata: [DONE]"));

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(asker.said()).containsExactly("one", "two");
    }

    @ParameterizedTest
    @CsvSource({
        "stop,COMPLETE",
        "length,LENGTH",
        "max_tokens,LENGTH",
        "content_filter,FILTERED",
        "eos,COMPLETE"
    })
    void understandsWhyTheModelStopped(String reason, Stop stop) throws ModelException {
        asker.fake().next(ModelScript.events(Asker.text("hi"), Asker.finish(reason), "[DONE]"));

        assertThat(asker.ask().stop()).isEqualTo(stop);
    }

    @Test
    void doesNotWaitForEverForTheLastMark() throws ModelException {
        asker.fake()
                .next(
                        reply -> {
                            reply.begin().say("hi").finish("stop");
                            reply.pause(ModelScript.FOREVER_MS);
                        });

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(asker.said()).containsExactly("hi");
    }

    @Test
    void countsACutAfterTheFinishReasonAsAWholeAnswer() throws ModelException {
        asker.fake()
                .next(
                        reply -> {
                            reply.begin().say("hi").finish("stop");
                            reply.cut();
                        });

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
    }
}
