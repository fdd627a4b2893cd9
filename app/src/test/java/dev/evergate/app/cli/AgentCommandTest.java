package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

class AgentCommandTest {
    @TempDir static Path home = Path.of("");
    private final CommandBench bench = new CommandBench(home);
    private final FakeGateway gateway;

    AgentCommandTest() throws IOException {
        gateway = new FakeGateway(bench.world);
    }

    @BeforeEach
    void serve() {
        bench.serving(gateway.url());
    }

    @AfterEach
    void tearDown() throws IOException {
        gateway.close();
        bench.close();
    }

    @Test
    void printsTheWholeAnswerAtTheEndOfAPipe() {
        gateway.on("agent", AgentCommandTest::answer);

        var result = bench.run("agent", "--message", "hello");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).isEqualTo("Hello there\n");
        JsonNode params = gateway.calls("agent").getFirst();
        assertThat(params.path("message").asString("")).isEqualTo("hello");
        assertThat(params.path("sessionKey").asString("")).isEqualTo("main");
        assertThat(params.path("timeout").asInt(0)).isEqualTo(600);
        assertThat(gateway.calls("connect").getFirst().path("scopes").toString())
                .isEqualTo("[\"operator.write\"]");
    }

    @Test
    void streamsToATerminalWithoutSayingAnythingTwice() {
        bench.isTerminal = true;
        gateway.on("agent", AgentCommandTest::answer);

        assertThat(bench.run("agent", "-m", "hello").answer()).isEqualTo("Hello there\n");
    }

    @Test
    void showsWhatOtherConversationsSayToNobody() {
        bench.isTerminal = true;
        gateway.on(
                "agent",
                (line, request) -> {
                    delta(line, "somebody-else", "private");
                    answer(line, request);
                });

        assertThat(bench.run("agent", "-m", "hello").answer()).isEqualTo("Hello there\n");
    }

    @Test
    void startsANewParagraphWhenTheModelStartsAnew() {
        bench.isTerminal = true;
        gateway.on(
                "agent",
                (line, request) -> {
                    delta(line, runId(request), "Wrong start");
                    answer(line, request);
                });

        assertThat(bench.run("agent", "-m", "hello").answer())
                .isEqualTo("Wrong start\n\nHello there\n");
    }

    @Test
    void givesTheFinalPayloadToScripts() {
        gateway.on("agent", AgentCommandTest::answer);

        JsonNode payload = FakeLine.tree(bench.run("agent", "-m", "hello", "--json").answer());

        assertThat(payload.path("status").asString("")).isEqualTo("ok");
        assertThat(payload.path("result").path("payloads").path(0).path("text").asString(""))
                .isEqualTo("Hello there");
    }

    @Test
    void asksAgainWithTheSameKeyWhenTheConnectionBreaks() {
        var attempts = new AtomicInteger();
        gateway.on(
                "agent",
                (line, request) -> {
                    if (attempts.incrementAndGet() == 1) {
                        accepted(line, request);
                        line.cut();
                    } else {
                        answer(line, request);
                    }
                });

        var result = bench.run("agent", "-m", "hello");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).isEqualTo("Hello there\n");
        assertThat(gateway.calls("agent")).hasSize(2);
        assertThat(gateway.calls("agent").getLast()).isEqualTo(gateway.calls("agent").getFirst());
    }

    @Test
    void asksAgainWhenTheGatewaySaysThatItCannotYet() {
        var attempts = new AtomicInteger();
        gateway.on(
                "agent",
                (line, request) -> {
                    if (attempts.incrementAndGet() == 1) {
                        line.refused(
                                request, "UNAVAILABLE", "handing over", "gateway-restarting", true);
                    } else {
                        answer(line, request);
                    }
                });

        assertThat(bench.run("agent", "-m", "hello").answer()).isEqualTo("Hello there\n");
        assertThat(gateway.calls("connect")).hasSize(1);
        assertThat(gateway.calls("agent").getLast()).isEqualTo(gateway.calls("agent").getFirst());
    }

    @Test
    void showsATerminalNoControlCharacters() {
        bench.isTerminal = true;
        gateway.on(
                "agent",
                (line, request) -> {
                    delta(line, runId(request), "\\u001b[2JHello");
                    answer(line, request);
                });

        assertThat(bench.run("agent", "-m", "hello").answer())
                .doesNotContain("\u001b")
                .startsWith("[2JHello");
    }

    @Test
    void failsWithTheReasonOfTheRun() {
        gateway.on(
                "agent",
                (line, request) -> {
                    accepted(line, request);
                    line.refused(request, "UNAVAILABLE", "the model did not answer", "");
                });

        var result = bench.run("agent", "-m", "hello");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes()).isEqualTo("The model did not answer.\n");
    }

    @Test
    void readsTheMessageFromStandardInput() {
        bench.input = "a whole diff\n";
        gateway.on("agent", AgentCommandTest::answer);

        bench.run("agent", "-m", "-", "--session-id", "review", "--agent", "coder");

        JsonNode params = gateway.calls("agent").getFirst();
        assertThat(params.path("message").asString("")).isEqualTo("a whole diff\n");
        assertThat(params.path("sessionId").asString("")).isEqualTo("review");
        assertThat(params.path("agentId").asString("")).isEqualTo("coder");
        assertThat(params.has("sessionKey")).isFalse();
    }

    @Test
    void refusesAnEmptyMessage() {
        assertThat(bench.run("agent", "-m", " ").exit()).isEqualTo(2);
        assertThat(bench.run("agent").exit()).isEqualTo(2);
    }

    @Test
    void refusesTwoNamesForOneConversation() {
        var result = bench.run("agent", "-m", "x", "--session-id", "a", "--session-key", "b");

        assertThat(result.exit()).isEqualTo(2);
    }

    private static void answer(FakeLine line, JsonNode request) throws IOException {
        accepted(line, request);
        String runId = runId(request);
        delta(line, runId, "Hello");
        delta(line, runId, "Hello the");
        line.done(
                request,
                FakeLine.tree(
                        "{'runId':'"
                                + runId
                                + "','status':'ok','result':{'payloads':[{'text':'Hello there'}]}}"));
    }

    private static void accepted(FakeLine line, JsonNode request) throws IOException {
        line.done(
                request, FakeLine.object().put("runId", runId(request)).put("status", "accepted"));
    }

    private static void delta(FakeLine line, String runId, String text) throws IOException {
        line.event(
                "chat",
                FakeLine.tree(
                        "{'runId':'"
                                + runId
                                + "','state':'delta','message':{'content':[{'type':'text','text':'"
                                + text
                                + "'}]}}"));
    }

    private static String runId(JsonNode request) {
        return request.path("params").path("idempotencyKey").asString("");
    }
}
