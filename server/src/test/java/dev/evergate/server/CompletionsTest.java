package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ChatMessage.Role;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.tls.TlsKeys;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

class CompletionsTest {
    private static final String PATH = "/v1/chat/completions";
    private static final String SECRET = "Authorization: Bearer " + FakeGateway.TOKEN;
    private static final String HELLO =
            "{\"model\":\"openclaw\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    private static final String STREAMED =
            """
            {"model":"evergate/main","stream":true,"stream_options":{"include_usage":true},
             "messages":[{"role":"user","content":"hello"}]}""";

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @BeforeEach
    void switchOn() {
        server.gateway.config =
                FakeGateway.config(new Http(true, false, Embedding.NONE, Hooks.OFF));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    /** The run of the only question that was asked. */
    private String run() {
        Wait.until("a question has been asked", () -> server.gateway.messages.size() == 1);
        return server.gateway.messages.keySet().iterator().next();
    }

    private void end(String runId, Turn.State state, String text, String error) {
        server.gateway.endRun(FakeGateway.end(runId, state, text, error));
    }

    private void say(String runId, String delta, String text) {
        var run = new GatewayEvent.Run(runId, "agent:main:x", "s-1", "main");
        server.gateway
                .events()
                .publish(new GatewayEvent.RunText(run, 1, delta, text, false, FakeGateway.NOW_MS));
    }

    private HttpResponse<String> answered(String body, String text, String... headers)
            throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, body, headers);
        end(run(), Turn.State.DONE, text, "");
        return answer.get();
    }

    @Test
    void answersAQuestion() throws Exception {
        HttpResponse<String> answer = answered(HELLO, "hi \"there\"\n");

        assertThat(answer.statusCode()).isEqualTo(200);
        String run = run();
        assertThat(run).startsWith("chatcmpl_");
        assertThat(json(answer).toString())
                .isEqualTo(
                        """
                        {"id":"%s","object":"chat.completion","created":%d,"model":"openclaw","choices":[\
                        {"index":0,"message":{"role":"assistant","content":"hi \\"there\\"\\n"},\
                        "finish_reason":"stop"}],\
                        "usage":{"prompt_tokens":42,"completion_tokens":7,"total_tokens":49}}"""
                                .formatted(run, json(answer).path("created").asLong()));
        assertThat(server.gateway.message(run).text()).isEqualTo("hello");
        assertThat(server.gateway.message(run).sender().isOwner()).isTrue();
    }

    @Test
    void streamsAnAnswerWhileItIsBeingSaid() throws Exception {
        List<String> seen = new ArrayList<>();
        try (var lines = lines(STREAMED)) {
            seen.add(event(lines));
            assertThat(seen.getFirst()).contains("\"delta\":{\"role\":\"assistant\"}");
            say(run(), "Hel", "Hel");
            assertThat(event(lines))
                    .contains("\"delta\":{\"content\":\"Hel\"}", "\"finish_reason\":null");
            say(run(), "lo", "Hello");
            assertThat(event(lines)).contains("\"delta\":{\"content\":\"lo\"}");
            end(run(), Turn.State.DONE, "Hello!", "");
            assertThat(event(lines)).contains("\"delta\":{\"content\":\"!\"}");
            assertThat(event(lines)).contains("\"delta\":{},\"finish_reason\":\"stop\"");
            assertThat(event(lines)).contains("\"choices\":[],\"usage\":{\"prompt_tokens\":42");
            assertThat(event(lines)).isEqualTo("data: [DONE]");
            assertThat(lines.readLine()).isNull();
        }
        assertThat(seen.getFirst()).contains("\"model\":\"evergate/main\"");
    }

    private BufferedReader lines(String body, String... headers) throws Exception {
        return new BufferedReader(
                new InputStreamReader(talk.open(PATH, body, headers), StandardCharsets.UTF_8));
    }

    private static String event(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        assertThat(lines.readLine()).isEmpty();
        return line;
    }

    @Test
    void tellsAFailureInsideAStream() throws Exception {
        try (var lines = lines(STREAMED)) {
            String _ = event(lines);
            end(run(), Turn.State.FAILED, "", "The model said no.");
            assertThat(event(lines))
                    .isEqualTo(
                            "data: {\"error\":{\"message\":\"The model said no.\",\"type\":\"api_error\"}}");
            assertThat(lines.readLine()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"FAILED, 500", "ABORTED, 409"})
    void tellsAFailureAndThatAskingAgainWillNotHelp(Turn.State state, int status) throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, HELLO);
        end(run(), state, "", "The model said \"no\".");

        assertThat(answer.get().statusCode()).isEqualTo(status);
        assertThat(json(answer.get()).at("/error/type").asString()).isEqualTo("api_error");
        assertThat(answer.get().headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void keepsAUserInOneConversationAndEverybodyElseApart() throws Exception {
        String asUser = HELLO.replace("\"model\"", "\"user\":\"Ada L.\",\"model\"");
        answered(asUser, "a");
        assertThat(sessionKey()).isEqualTo("agent:main:openai-user:Ada L.");
        answered(HELLO, "b");
        assertThat(sessionKey()).matches("agent:main:openai:[0-9a-f-]{36}");
        answered(HELLO, "c", "x-openclaw-session-key: agent:main:main");
        assertThat(sessionKey()).isEqualTo("agent:main:main");
    }

    /** Of the last question; forgets it. */
    private String sessionKey() {
        String key = server.gateway.message(run()).sessionKey();
        server.gateway.messages.clear();
        return key;
    }

    @Test
    void doesNotTellAConversationAgainWhatItRemembers() throws Exception {
        String messages =
                """
                {"%s":"u","messages":[{"role":"system","content":"Be brief."},
                 {"role":"user","content":"one"},{"role":"assistant","content":"1"},
                 {"role":"user","content":[{"type":"text","text":"two"}]}]}""";
        answered(messages.formatted("user"), "2");
        assertThat(server.gateway.message(run()).text()).isEqualTo("two");
        assertThat(server.gateway.message(run()).options().systemPrompt()).isEqualTo("Be brief.");
        assertThat(server.gateway.message(run()).options().earlier()).isEmpty();
        server.gateway.messages.clear();

        answered(messages.formatted("nobody"), "2");
        assertThat(server.gateway.message(run()).text()).isEqualTo("two");
        assertThat(server.gateway.message(run()).options().earlier())
                .containsExactly(
                        new Said(Role.USER, Content.text("one")),
                        new Said(Role.ASSISTANT, Content.text("1")));
    }

    @Test
    void cancelsARunWhoseCallerHasGone() throws Exception {
        try (RawClient client = server.connect()) {
            send(client, HELLO);
            run();
        }

        Wait.until("it is cancelled", () -> server.gateway.aborted.contains(run()));
        Wait.until("it is forgotten", () -> server.server.requests() == 0);
    }

    @Test
    void cancelsAStreamWhoseCallerHasGone() throws Exception {
        try (RawClient client = server.connect()) {
            send(client, STREAMED);
            say(run(), "Hel", "Hel");
        }

        Wait.until("it is cancelled", () -> server.gateway.aborted.contains(run()));
    }

    @Test
    void letsARunGoOnWhoseCallerCanComeBackForIt() throws Exception {
        String key = "Idempotency-Key: k-1";
        try (RawClient client = server.connect()) {
            send(client, HELLO, key);
            assertThat(run()).isEqualTo("chatcmpl_k-1");
        }
        Wait.until("it is gone", () -> server.server.requests() == 0);

        HttpResponse<String> again = answered(HELLO, "kept", key);

        assertThat(json(again).at("/choices/0/message/content").asString()).isEqualTo("kept");
        assertThat(server.gateway.aborted).isEmpty();
    }

    private static void send(RawClient client, String body, String... headers) throws IOException {
        client.send(
                "POST "
                        + PATH
                        + " HTTP/1.1\r\nHost: 127.0.0.1:"
                        + client.socket().getPort()
                        + "\r\n"
                        + SECRET
                        + "\r\n"
                        + String.join("\r\n", headers)
                        + (headers.length == 0 ? "" : "\r\n")
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    @Test
    void costsNoMemoryForACallerThatDoesNotRead() throws Exception {
        try (RawClient client = RawClient.connect(server.address, Wait.PATIENCE, 4096)) {
            send(client, STREAMED);
            String run = run();
            String text = "";
            for (int i = 0; i < 500; i++) {
                text = "x".repeat(20_000 * (i + 1));
                say(run, "", text);
            }
            assertThat(server.server.bufferBytes()).isLessThan(2 << 20);
            end(run, Turn.State.DONE, text, "");

            assertThat(read(client)).contains("[DONE]");
        }
    }

    @Test
    void streamsEncrypted(@TempDir Path folder) throws Exception {
        TestCertificate own = TestCertificate.make(folder, "own");
        server.server.secure(Optional.of(TlsKeys.load(own.certificate(), own.key())));
        try (RawClient client = RawClient.connect(server.address, Wait.PATIENCE, own.trusting())) {
            send(client, STREAMED);
            end(run(), Turn.State.DONE, "y".repeat(300_000), "");

            assertThat(read(client)).contains("yyy", "[DONE]").endsWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void letsOldClientsReadToTheEndOfTheConnection() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST %s HTTP/1.0\r\nHost: localhost:%d\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(
                                    PATH,
                                    server.address.getPort(),
                                    SECRET,
                                    STREAMED.length(),
                                    STREAMED));
            end(run(), Turn.State.DONE, "old", "");

            assertThat(read(client))
                    .doesNotContain("chunked")
                    .contains("\"content\":\"old\"")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    private static String read(RawClient client) throws IOException {
        return new String(client.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void endsACallerThatDoesNotReadForTooLong() throws Exception {
        try (RawClient client = RawClient.connect(server.address, Wait.PATIENCE, 4096)) {
            send(client, STREAMED);
            String run = run();
            say(run, "", "x".repeat(20_000_000));
            Wait.until("it is stuck", () -> server.server.bufferBytes() > 60_000);

            Wait.until("it is cancelled", () -> isAbortedAfter(31_000, run));
        }
    }

    private boolean isAbortedAfter(long ms, String run) {
        server.world.forward(ms);
        return server.gateway.aborted.contains(run);
    }

    @Test
    void findsTheAnswerOfARunThatAnotherGenerationHasTakenOn() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, HELLO);
        String run = run();
        Wait.until("its end is waited for", () -> server.gateway.isAwaited(run));
        server.gateway.leave(run);
        end(run, Turn.State.DONE, "from there", "");

        assertThat(json(answer.get()).at("/choices/0/message/content").asString())
                .isEqualTo("from there");
    }

    @Test
    void staysWhenAStopIsAnnouncedAndIsToldWhenItComes() throws Exception {
        CompletableFuture<HttpResponse<String>> whole = talk.begin(PATH, HELLO);
        String run = run();
        try (var lines = lines(STREAMED)) {
            String _ = event(lines);
            server.server.announceStop("gateway restarting", 1500);
            say(run, "Hel", "Hel");
            server.server.stop(server.world.time().deadlineIn(5000));

            assertThat(event(lines))
                    .contains("\"error\":{\"message\":\"The gateway is shutting down");
            assertThat(lines.readLine()).isNull();
        }
        assertThat(whole.get().statusCode()).isEqualTo(503);
        assertThat(whole.get().headers().firstValue("Retry-After")).isPresent();
        assertThat(server.gateway.aborted).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":\"nope\",\"messages\":[{}]} | Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.",
                "{\"messages\":[]} | Missing user message in `messages`.",
                "{\"messages\":{}} | Missing user message in `messages`.",
                "{\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}]} | Missing user message in `messages`.",
                "[] | The body is not a JSON object.",
                "{ | The body is not JSON",
                "{\"tools\":[{}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} | Invalid `tools/0`",
                "{\"functions\":[{}],\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} | (expected: `tools`)",
                "{\"temperature\":\"hot\",\"messages\":[{\"role\":\"user\",\"content\":"
                        + "\"x\"}]} | Invalid `temperature` (expected: a number from 0.0 to 2.0).",
                "{\"tool_choice\":\"maybe\",\"messages\":[{\"role\":\"user\",\"content\""
                        + ":\"x\"}]} | Invalid `tool_choice`",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}]} | type \"input_audio\"",
                "{\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} | `n` is 2 (expected: 1).",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\""
                        + ",\"image_url\":{\"url\":\"http://h/a.png\"}}]}]} | nothing is fetched "
                        + "from elsewhere",
            })
    void refusesWhatItDoesNotUnderstand(String body, String message) throws Exception {
        HttpResponse<String> answer = talk.post(PATH, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(json(answer).at("/error/message").asString()).contains(message);
        assertThat(server.gateway.messages).isEmpty();
    }

    @Test
    void asksForTheSecretAndTheScopeAndToBeSwitchedOn() throws Exception {
        assertThat(talk.post(PATH, HELLO, "Authorization: Bearer wrong").statusCode())
                .isEqualTo(401);
        HttpResponse<String> narrowed =
                talk.post(PATH, HELLO, "x-openclaw-scopes: operator.read, operator.pairing");
        assertThat(narrowed.statusCode()).isEqualTo(403);
        assertThat(json(narrowed).at("/error/details/missingScope").asString())
                .isEqualTo("operator.write");
        assertThat(talk.get(PATH).statusCode()).isEqualTo(405);
        server.gateway.config = FakeGateway.config(Http.DEFAULTS);
        HttpResponse<String> off = talk.post(PATH, HELLO);
        assertThat(off.statusCode()).isEqualTo(404);
        assertThat(off.body())
                .contains(
                        "evergate config set gateway.http.endpoints.chatCompletions.enabled true");
        assertThat(talk.get("/v1/models").statusCode()).isEqualTo(404);
    }

    @Test
    void speaksForAnOwnerOnlyWithEveryScope() throws Exception {
        answered(HELLO, "x", "x-openclaw-scopes: operator.write");

        assertThat(server.gateway.message(run()).sender().isOwner()).isFalse();
    }

    @Test
    void listsAgentsAsModels() throws Exception {
        HttpResponse<String> list = talk.get("/v1/models");

        assertThat(json(list).path("data").valueStream().map(m -> m.path("id").asString()))
                .containsExactly(
                        "openclaw",
                        "openclaw/default",
                        "openclaw/main",
                        "evergate",
                        "evergate/default",
                        "evergate/main");
        assertThat(talk.get("/v1/models/openclaw%2Fdefault").body())
                .isEqualTo(
                        "{\"id\":\"openclaw/default\",\"object\":\"model\",\"created\":0,"
                                + "\"owned_by\":\"openclaw\",\"permission\":[]}");
        assertThat(talk.get("/v1/models/evergate/main").statusCode()).isEqualTo(200);
        assertThat(talk.get("/v1/models/gpt").statusCode()).isEqualTo(404);
    }

    @Test
    void doesNotNeedTheRunToBeNew() throws Exception {
        RunEnd end = FakeGateway.end("chatcmpl_k-2", Turn.State.DONE, "before", "");
        server.gateway.endRun(end);

        try (var lines = lines(STREAMED, "Idempotency-Key: k-2")) {
            String _ = event(lines);
            assertThat(event(lines)).contains("before");
        }
    }
}
