package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class ResponsesTest {
    private static final String PATH = "/v1/responses";
    private static final String HELLO = "{\"model\":\"openclaw\",\"input\":\"hello\"}";
    private static final String STREAMED =
            "{\"model\":\"openclaw\",\"input\":\"hello\",\"stream\":true}";

    private static final ToolCall WEATHER = new ToolCall("c1", "weather", "{\"city\":\"Bern\"}");
    private static final ToolCall TIME = new ToolCall("c2", "time", "{}");

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @BeforeEach
    void switchOn() {
        server.gateway.config =
                FakeGateway.config(new Http(false, true, Embedding.NONE, Hooks.OFF));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    /** The run of the newest question, when so many have been asked. */
    private String run(int asked) {
        Wait.until("a question has been asked", 20_000, () -> server.gateway.runs() == asked);
        return server.gateway.lastRun();
    }

    private void say(String runId, String delta, String text) {
        var run = new GatewayEvent.Run(runId, "agent:main:x", "s-1", "main");
        server.gateway
                .events()
                .publish(new GatewayEvent.RunText(run, 1, delta, text, false, FakeGateway.NOW_MS));
    }

    private HttpResponse<String> answered(int asked, String body, String... headers)
            throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, body, headers);
        server.gateway.endRun(FakeGateway.end(run(asked), Turn.State.DONE, "hi there", ""));
        return answer.get();
    }

    private List<JsonNode> events(BufferedReader lines) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data: {")) {
                events.add(TestServer.json(line.substring("data: ".length())));
            }
        }
        return events;
    }

    private BufferedReader lines(String body, String... headers) throws Exception {
        return new BufferedReader(
                new InputStreamReader(talk.open(PATH, body, headers), StandardCharsets.UTF_8));
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").asString()).toList();
    }

    @Test
    void answersAQuestion() throws Exception {
        HttpResponse<String> answer = answered(1, HELLO);

        String id = run(1);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(id).startsWith("resp_");
        assertThat(json(answer).path("id").asString()).isEqualTo(id);
        assertThat(json(answer).path("object").asString()).isEqualTo("response");
        assertThat(json(answer).path("status").asString()).isEqualTo("completed");
        assertThat(json(answer).path("error").isNull()).isTrue();
        assertThat(json(answer).path("output").toString())
                .isEqualTo(
                        """
                        [{"type":"message","id":"%s","role":"assistant","content":[{"type":"output_text",\
                        "text":"hi there","annotations":[],"logprobs":[]}],"status":"completed"}]"""
                                .formatted(id.replace("resp_", "msg_")));
        assertThat(json(answer).at("/usage/input_tokens").asInt()).isEqualTo(42);
        assertThat(json(answer).at("/usage/output_tokens").asInt()).isEqualTo(7);
        assertThat(json(answer).at("/usage/total_tokens").asInt()).isEqualTo(49);
        assertThat(server.gateway.message(id).text()).isEqualTo("hello");
        assertThat(server.gateway.message(id).sessionKey())
                .isEqualTo("agent:main:" + id.replace("resp_", "openresponses:"));
    }

    @Test
    void tellsEveryStepOfAStreamInOrder() throws Exception {
        List<JsonNode> events;
        try (var lines = lines(STREAMED)) {
            String run = run(1);
            say(run, "hi", "hi");
            server.gateway.endRun(FakeGateway.end(run, Turn.State.DONE, "hi there", ""));
            events = events(lines);
        }

        assertThat(types(events))
                .filteredOn(type -> !type.equals("response.output_text.delta"))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(events.stream().map(event -> event.path("delta").asString("")))
                .last()
                .isEqualTo("");
        assertThat(String.join("", events.stream().map(e -> e.path("delta").asString("")).toList()))
                .isEqualTo("hi there");
        assertThat(events.stream().map(event -> event.path("sequence_number").asInt()))
                .containsExactlyElementsOf(
                        java.util.stream.IntStream.range(0, events.size()).boxed().toList());
        assertThat(events.getLast().at("/response/output/0/content/0/text").asString())
                .isEqualTo("hi there");
        assertThat(events.getLast().at("/response/usage/total_tokens").asInt()).isEqualTo(49);
        assertThat(events.getFirst().at("/response/status").asString()).isEqualTo("in_progress");
    }

    @Test
    void tellsAFailureInsideAStreamWithWhatWasSaid() throws Exception {
        List<JsonNode> events;
        try (var lines = lines(STREAMED)) {
            String run = run(1);
            say(run, "Half", "Half");
            server.gateway.endRun(
                    FakeGateway.end(run, Turn.State.FAILED, "", "The model said no."));
            events = events(lines);
        }

        JsonNode last = events.getLast();
        assertThat(last.path("type").asString()).isEqualTo("response.failed");
        assertThat(last.at("/response/status").asString()).isEqualTo("failed");
        assertThat(last.at("/response/error/message").asString()).isEqualTo("The model said no.");
        assertThat(last.at("/response/output/0/content/0/text").asString()).isEqualTo("Half");
    }

    @Test
    void tellsAFailedRunAsAnErrorThatIsNotToBeRetried() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, HELLO);
        server.gateway.endRun(FakeGateway.end(run(1), Turn.State.FAILED, "", "The model said no."));

        assertThat(answer.get().statusCode()).isEqualTo(500);
        assertThat(answer.get().headers().firstValue("x-should-retry")).contains("false");
        assertThat(json(answer.get()).at("/error/message").asString())
                .isEqualTo("The model said no.");
    }

    @Test
    void saysThatAnAnswerWasCut() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, HELLO);
        server.gateway.endRun(FakeGateway.cut(run(1), "half an ans"));

        assertThat(json(answer.get()).path("status").asString()).isEqualTo("incomplete");
        assertThat(json(answer.get()).at("/incomplete_details/reason").asString())
                .isEqualTo("max_output_tokens");
        assertThat(json(answer.get()).at("/output/0/status").asString()).isEqualTo("incomplete");
    }

    @Test
    void tellsWhichToolsTheModelCalls() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, HELLO);
        server.gateway.endRun(FakeGateway.calling(run(1), "", WEATHER, TIME));

        String id = run(1).replace("resp_", "fc_");
        assertThat(json(answer.get()).path("status").asString()).isEqualTo("completed");
        assertThat(json(answer.get()).path("output").toString())
                .isEqualTo(
                        """
                        [{"type":"function_call","id":"%s_0","call_id":"c1","name":"weather",\
                        "arguments":"{\\"city\\":\\"Bern\\"}","status":"completed"},\
                        {"type":"function_call","id":"%s_1","call_id":"c2","name":"time",\
                        "arguments":"{}","status":"completed"}]"""
                                .formatted(id, id));
    }

    @Test
    void tellsWhichToolsTheModelCallsInAStream() throws Exception {
        List<JsonNode> events;
        try (var lines = lines(STREAMED)) {
            String run = run(1);
            say(run, "Let me look.", "Let me look.");
            server.gateway.endRun(FakeGateway.calling(run, "Let me look.", WEATHER));
            events = events(lines);
        }

        assertThat(types(events).subList(5, events.size()))
                .containsExactly(
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(events.get(8).at("/item/status").asString()).isEqualTo("in_progress");
        assertThat(events.get(8).at("/item/arguments").asString()).isEmpty();
        assertThat(events.get(9).path("delta").asString()).isEqualTo("{\"city\":\"Bern\"}");
        assertThat(events.get(11).path("output_index").asInt()).isEqualTo(1);
        assertThat(events.getLast().at("/response/output/1/call_id").asString()).isEqualTo("c1");
        assertThat(events.getLast().at("/response/output/0/content/0/text").asString())
                .isEqualTo("Let me look.");
    }

    @Test
    void goesOnFromTheAnswerBefore() throws Exception {
        String first = json(answered(1, HELLO)).path("id").asString();

        HttpResponse<String> second =
                answered(
                        2,
                        "{\"model\":\"openclaw\",\"input\":\"and now?\",\"previous_response_id\":\"%s\"}"
                                .formatted(first));

        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(json(second).path("previous_response_id").asString()).isEqualTo(first);
        assertThat(server.gateway.message(run(2)).text()).isEqualTo("and now?");
        assertThat(server.gateway.message(run(2)).sessionKey()).isEqualTo("agent:main:main");
    }

    @Test
    void keepsAUserInOneConversation() throws Exception {
        HttpResponse<String> _ =
                answered(1, "{\"model\":\"openclaw\",\"input\":\"hello\",\"user\":\"ann\"}");

        assertThat(server.gateway.message(run(1)).sessionKey())
                .isEqualTo("agent:main:openresponses-user:ann");
    }

    @Test
    void readsItems() throws Exception {
        HttpResponse<String> _ =
                answered(
                        1,
                        """
                        {"model":"openclaw","instructions":"be brief","input":[
                         {"role":"user","content":"first"},
                         {"type":"message","role":"assistant","content":[{"type":"output_text","text":"one"}]},
                         {"type":"reasoning","summary":[]},
                         {"type":"message","role":"user","content":[{"type":"input_text","text":"second"}]}]}""");

        assertThat(server.gateway.message(run(1)).text()).isEqualTo("second");
        MessageOptions options = server.gateway.message(run(1)).options();
        assertThat(options.systemPrompt()).isEqualTo("be brief");
        assertThat(options.earlier())
                .extracting(said -> said.content().text())
                .containsExactly("first", "one");
    }

    @Test
    void handsTheClientsToolsOnAndTheirResults() throws Exception {
        HttpResponse<String> _ =
                answered(
                        1,
                        """
                        {"model":"openclaw","max_output_tokens":50,"reasoning":{"effort":"low"},
                         "tools":[{"type":"function","name":"weather","parameters":{"type":"object"}}],
                         "tool_choice":{"type":"function","name":"weather"},
                         "input":[{"role":"user","content":"Weather?"},
                          {"type":"function_call","call_id":"c1","name":"weather","arguments":"{}"},
                          {"type":"function_call","call_id":"c2","name":"time","arguments":"{}"},
                          {"type":"function_call_output","call_id":"c1","output":"rain"},
                          {"type":"function_call_output","call_id":"c2","output":"noon"}]}""");

        MessageOptions options = server.gateway.message(run(1)).options();
        assertThat(options.terms().tools())
                .containsExactly(new Tool("weather", "", "{\"type\":\"object\"}"));
        assertThat(options.terms().toolChoice()).isEqualTo(new ToolChoice.Named("weather"));
        assertThat(options.terms().maxTokens()).hasValue(50);
        assertThat(options.terms().sampling().effort()).contains("low");
        assertThat(options.earlier().getLast().content().toolCalls())
                .extracting(ToolCall::id)
                .containsExactly("c1", "c2");
        assertThat(server.gateway.message(run(1)).content().blocks())
                .containsExactly(
                        new Block.Result("c1", "", "rain", false),
                        new Block.Result("c2", "", "noon", false));
    }

    @Test
    void takesPictures() throws Exception {
        HttpResponse<String> _ =
                answered(
                        1,
                        """
                        {"model":"openclaw","input":[{"role":"user","content":[
                         {"type":"input_text","text":"What is it?"},
                         {"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]}""");

        assertThat(server.gateway.message(run(1)).content().images()).hasSize(1);
        assertThat(server.gateway.message(run(1)).attachments()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    []                                              | not a JSON object
                    {"model":"openclaw"}                            | Missing user message in `input`
                    {"model":"openclaw","input":[]}                 | Missing user message in `input`
                    {"model":"gpt-5","input":"x"}                   | Use `openclaw` or
                    {"model":"openclaw","input":"x","background":true}  | `background` is not supported
                    {"model":"openclaw","input":"x","conversation":"c"} | `previous_response_id`
                    {"input":"x","previous_response_id":"resp_none"} | 'resp_none' not found
                    {"input":"x","previous_response_id":"other"}    | 'other' not found
                    {"input":[{"type":"computer_call"}]}            | type "computer_call"
                    {"input":"x","tools":[{"type":"web_search"}]}   | type "web_search"
                    {"input":[{"role":"user","content":[{"type":"input_audio"}]}]} | type "input_audio"
                    nonsense                                        | not JSON
                    """)
    void refusesWhatItCannotAnswer(String body, String why) throws Exception {
        HttpResponse<String> answer = talk.post(PATH, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/message").asString()).contains(why);
        assertThat(json(answer).at("/error/type").asString()).isEqualTo("invalid_request_error");
    }

    @Test
    void asksOnceForEachKey() throws Exception {
        HttpResponse<String> first = answered(1, HELLO, "Idempotency-Key: k1");
        HttpResponse<String> second = talk.post(PATH, HELLO, "Idempotency-Key: k1");

        assertThat(json(second).path("id").asString()).isEqualTo("resp_k1");
        assertThat(json(second).path("output")).isEqualTo(json(first).path("output"));
    }

    @Test
    void keepsNamesOfTheGatewayForItself() throws Exception {
        for (String key : List.of("cron:daily", "agent:main:subagent:1", "acp:x")) {
            HttpResponse<String> answer = talk.post(PATH, HELLO, "x-openclaw-session-key: " + key);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("begins with a reserved name");
        }
    }

    @Test
    void letsAnOwnerNameAnotherModelForOneAnswer() throws Exception {
        HttpResponse<String> _ = answered(1, HELLO, "x-openclaw-model: fake/big");
        assertThat(server.gateway.message(run(1)).options().model()).isEqualTo("fake/big");
        HttpResponse<String> _ =
                answered(2, HELLO, "x-openclaw-model: small", "x-openclaw-message-channel: web");
        assertThat(server.gateway.message(run(2)).options().model()).isEqualTo("fake/small");
        assertThat(server.gateway.message(run(2)).sender().name()).isEqualTo("web");

        HttpResponse<String> other =
                talk.post(
                        PATH,
                        HELLO,
                        "x-openclaw-model: fake/big",
                        "x-openclaw-scopes: operator.write");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(json(other).at("/error/details/missingScope").asString())
                .isEqualTo("operator.admin");
    }

    @Test
    void isNotThereUntilItIsSwitchedOn() throws Exception {
        server.gateway.config =
                FakeGateway.config(new Http(true, false, Embedding.NONE, Hooks.OFF));

        HttpResponse<String> answer = talk.post(PATH, HELLO);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body())
                .contains("evergate config set gateway.http.endpoints.responses.enabled true");
        assertThat(talk.post(PATH, HELLO, "Authorization: none").statusCode()).isEqualTo(401);
        assertThat(talk.get(PATH).statusCode()).isEqualTo(405);
    }

    @Test
    void showsTheAgentsAsModelsToo() throws Exception {
        assertThat(talk.get("/v1/models").statusCode()).isEqualTo(200);
    }

    @Test
    void wantsTheScopeToWrite() throws Exception {
        HttpResponse<String> answer = talk.post(PATH, HELLO, "x-openclaw-scopes: operator.read");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(json(answer).at("/error/details/code").asString()).isEqualTo("MISSING_SCOPE");
        assertThat(json(answer).at("/error/details/missingScope").asString())
                .isEqualTo("operator.write");
    }
}
