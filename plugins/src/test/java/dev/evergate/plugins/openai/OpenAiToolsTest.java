package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Blob;
import dev.evergate.api.ChatMessage;
import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelAnswer.Stop;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.testkit.model.ModelScript;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Tools and pictures, as OpenAI's interface has them, and as other servers think it has. */
class OpenAiToolsTest {
    private static final ToolCall CLOCK = new ToolCall("c1", "clock", "{\"zone\":\"UTC\"}");

    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
    }

    @Test
    void tellsTheModelOfToolsCallsResultsAndPictures() throws ModelException {
        ModelAnswer _ = ask(rich());

        JsonNode body = asker.fake().awaitRequest(1).json();
        assertThat(body.path("messages"))
                .isEqualTo(
                        json(
                                """
                                [{"role":"user","content":[
                                   {"type":"text","text":"What is this?"},
                                   {"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]},
                                 {"role":"assistant","content":null,"tool_calls":[
                                   {"id":"c1","type":"function",
                                    "function":{"name":"clock","arguments":"{\\"zone\\":\\"UTC\\"}"}}]},
                                 {"role":"tool","tool_call_id":"c1","content":"noon"},
                                 {"role":"tool","tool_call_id":"c2","content":"Error: no such zone"}]"""));
        assertThat(body.path("tools"))
                .isEqualTo(
                        json(
                                """
                                [{"type":"function","function":{"name":"clock",
                                  "description":"Tells the time","parameters":{"type":"object"}}}]"""));
        assertThat(body.path("tool_choice"))
                .isEqualTo(json("{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}"));
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("seed").asInt()).isEqualTo(7);
        assertThat(body.path("stop")).isEqualTo(json("[\"END\"]"));
        assertThat(body.path("reasoning_effort").asString()).isEqualTo("low");
        assertThat(body.path("response_format")).isEqualTo(json("{\"type\":\"json_object\"}"));
    }

    /** A conversation with everything in it. */
    private static ModelRequest rich() {
        return new ModelRequest(
                "m",
                List.of(
                        new ChatMessage(
                                Role.USER,
                                List.of(
                                        new Part.Text("What is this?"),
                                        new Part.Image(
                                                "image/png", Blob.of(new byte[] {1, 2, 3})))),
                        new ChatMessage(Role.ASSISTANT, List.of(CLOCK)),
                        new ChatMessage(
                                Role.TOOL,
                                List.of(
                                        new Part.ToolResult("c1", "noon", false),
                                        new Part.ToolResult("c2", "no such zone", true)))),
                OptionalInt.empty(),
                List.of(new Tool("clock", "Tells the time", "{\"type\":\"object\"}")),
                new ToolChoice.Named("clock"),
                new Sampling(
                        OptionalDouble.of(0.5),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.of(7),
                        List.of("END"),
                        Optional.of("low"),
                        Optional.of("{\"type\":\"json_object\"}")));
    }

    @Test
    void putsCallsTogetherFromTheirPieces() throws ModelException {
        ModelAnswer answer =
                answer(
                        Asker.text("One moment."),
                        calls(
                                "{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\""
                                        + ":\"clock\",\"arguments\":\"\"}}"),
                        calls("{\"index\":0,\"function\":{\"arguments\":\"{\\\"zone\\\"\"}}"),
                        calls(
                                "{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"dice\",\"arguments\":\"{}\"}}"),
                        calls("{\"index\":0,\"function\":{\"arguments\":\":\\\"UTC\\\"}\"}}"),
                        Asker.finish("tool_calls"),
                        "[DONE]");

        assertThat(asker.said()).containsExactly("One moment.");
        assertThat(answer.stop()).isEqualTo(Stop.TOOL_CALLS);
        assertThat(answer.toolCalls()).containsExactly(CLOCK, new ToolCall("c2", "dice", "{}"));
    }

    @Test
    void understandsServersThatSayItInTheirOwnWay() throws ModelException {
        // No index, no arguments, "stop" for the end.
        assertThat(
                        answer(
                                        calls("{\"id\":\"a\",\"function\":{\"name\":\"x\"}}"),
                                        calls(
                                                "{\"id\":\"b\",\"function\":"
                                                        + "{\"name\":\"y\",\"arguments\":\"{\\\"a\\\"\"}}"),
                                        calls("{\"function\":{\"arguments\":\":1}\"}}"),
                                        Asker.finish("stop"))
                                .toolCalls())
                .containsExactly(new ToolCall("a", "x", "{}"), new ToolCall("b", "y", "{\"a\":1}"));
        // The same index for all, the arguments as an object.
        assertThat(
                        answer(
                                        calls(
                                                "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"x\",\"arguments\":{"
                                                        + "\"n\":1}}}"),
                                        calls(
                                                "{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"x\",\"arguments\":{"
                                                        + "\"n\":2}}}"),
                                        Asker.finish("stop"))
                                .toolCalls())
                .containsExactly(
                        new ToolCall("a", "x", "{\"n\":1}"), new ToolCall("b", "x", "{\"n\":2}"));
        // No id, the name in every piece, nulls.
        assertThat(
                        answer(
                                        calls(
                                                "{\"index\":0,\"id\":null,\"function\":{\"name\":\"x\",\"arguments\":\""
                                                        + "{\"}}"),
                                        calls(
                                                "{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"x\",\"arguments\":\""
                                                        + "}\"}}"),
                                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"tool_calls\":"
                                                + "null},\"finish_reason\":\"tool_calls\"}]}")
                                .toolCalls())
                .containsExactly(new ToolCall("call_0", "x", "{}"));
    }

    @Test
    void readsCallsOfAServerThatDoesNotStream() throws ModelException {
        asker.fake()
                .next(
                        reply ->
                                reply.whole(
                                        200,
                                        "application/json",
                                        Map.of(),
                                        """
                                        {"choices":[{"index":0,"finish_reason":"tool_calls",
                                          "message":{"role":"assistant","content":null,"tool_calls":[
                                            {"id":"c1","type":"function","function":{"name":"clock",
                                             "arguments":"{\\"zone\\":\\"UTC\\"}"}}]}}]}"""));

        ModelAnswer answer = asker.ask();

        assertThat(answer.stop()).isEqualTo(Stop.TOOL_CALLS);
        assertThat(answer.toolCalls()).containsExactly(CLOCK);
    }

    @Test
    void givesOutNoCallThatIsNotWhole() throws ModelException {
        String half =
                calls(
                        "{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"clock\",\"arguments\":\"{\\\"zo\"}}");

        // The connection ends, the model is cut, the model says that it is complete.
        assertThatThrownBy(() -> answer(half)).isInstanceOf(ModelException.class);
        ModelAnswer cut = answer(half, Asker.finish("length"));
        assertThat(cut.stop()).isEqualTo(Stop.LENGTH);
        assertThat(cut.toolCalls()).isEmpty();
        assertThatThrownBy(() -> answer(half, Asker.finish("tool_calls"), "[DONE]"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("calls the tool \"clock\"");
    }

    @Test
    void endsWithAModelThatCallsToolsWithoutEnd() {
        String much = "x".repeat(400_000);
        String piece =
                calls(
                        "{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"clock\",\"arguments\":\"%s\"}}"
                                .formatted(much));

        assertThatThrownBy(() -> answer(piece, piece, piece))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("without end");
    }

    private ModelAnswer answer(String... events) throws ModelException {
        asker.fake().next(ModelScript.events(events));
        return asker.ask();
    }

    private ModelAnswer ask(ModelRequest request) throws ModelException {
        asker.fake().next(ModelScript.text("ok"));
        return Asker.provider(Asker.settings(asker.fake().baseUrl(), Asker.KEY, Map.of()))
                .answer(request, asker.said()::add, asker.cancel());
    }

    private static String calls(String piece) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + piece + "]}}]}";
    }

    private static JsonNode json(String text) {
        return new JsonMapper().readTree(text.getBytes(StandardCharsets.UTF_8));
    }
}
