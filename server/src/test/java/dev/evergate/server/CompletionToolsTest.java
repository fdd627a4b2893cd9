package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Blob;
import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Tools and pictures in chat completions. */
class CompletionToolsTest {
    private static final String PATH = "/v1/chat/completions";
    private static final ToolCall CLOCK = new ToolCall("c1", "clock", "{\"zone\":\"UTC\"}");
    private static final ToolCall DICE = new ToolCall("c2", "dice", "{}");
    private static final String ASKED =
            """
            {"user":"u","stream":%s,"messages":[{"role":"user","content":"what time is it?"}],
             "tools":[{"type":"function","function":{"name":"clock","description":"Tells the time",
              "parameters":{"type":"object"}}}],
             "tool_choice":{"type":"function","function":{"name":"clock"}},
             "temperature":0.5,"max_tokens":50,"stop":"END","seed":7}""";

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

    @Test
    void handsToolsOnAndTellsOfTheirCalls() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(PATH, ASKED.formatted("false"));
        Gateway.Message asked = asked();
        calls(asked, "", CLOCK, DICE);

        var terms = asked.options().terms();
        assertThat(terms.tools())
                .containsExactly(new Tool("clock", "Tells the time", "{\"type\":\"object\"}"));
        assertThat(terms.toolChoice()).isEqualTo(new ToolChoice.Named("clock"));
        assertThat(terms.maxTokens()).hasValue(50);
        assertThat(terms.sampling().temperature()).hasValue(0.5);
        assertThat(terms.sampling().stop()).containsExactly("END");
        assertThat(json(answer.get()).at("/choices/0").toString())
                .isEqualTo(
                        """
                        {"index":0,"message":{"role":"assistant","content":null,"tool_calls":[\
                        {"id":"c1","type":"function","function":{"name":"clock",\
                        "arguments":"{\\"zone\\":\\"UTC\\"}"}},\
                        {"id":"c2","type":"function","function":{"name":"dice","arguments":"{}"}}]},\
                        "finish_reason":"tool_calls"}""");
    }

    @Test
    void streamsCalls() throws Exception {
        CompletableFuture<InputStream> answer =
                CompletableFuture.supplyAsync(() -> open(ASKED.formatted("true")));
        calls(asked(), "One moment.", CLOCK, DICE);

        String all = new String(answer.get().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(all)
                .containsSubsequence(
                        "\"delta\":{\"role\":\"assistant\"}",
                        "\"delta\":{\"content\":\"One moment.\"}",
                        "\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",",
                        "\"arguments\":\"{\\\"zone\\\":\\\"UTC\\\"}\"",
                        "\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"c2\",",
                        "\"delta\":{},\"finish_reason\":\"tool_calls\"",
                        "data: [DONE]");
    }

    @Test
    void takesResultsAndWhatWasSaidBefore() throws Exception {
        String messages =
                """
                {%s"messages":[{"role":"user","content":"what time is it?"},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                  "function":{"name":"clock","arguments":"{\\"zone\\":\\"UTC\\"}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"noon"},
                 {"role":"user","content":"in words, please"}]}""";
        var _ = talk.begin(PATH, messages.formatted(""));
        Gateway.Message alone = asked();
        calls(alone, "Noon.");

        assertThat(alone.content().blocks())
                .containsExactly(
                        new Block.Result("c1", "", "noon", false),
                        new Block.Text("in words, please"));
        assertThat(alone.options().earlier())
                .containsExactly(
                        new Said(Role.USER, Content.text("what time is it?")),
                        new Said(Role.ASSISTANT, Content.said("", List.of(CLOCK))));

        server.gateway.messages.clear();
        var _ = talk.begin(PATH, messages.formatted("\"user\":\"u\","));
        assertThat(asked().content()).isEqualTo(alone.content());
        assertThat(asked().options().earlier()).isEmpty();
        calls(asked(), "Noon.");
    }

    @Test
    void takesPictures() throws Exception {
        var _ =
                talk.begin(
                        PATH,
                        """
                        {"messages":[{"role":"user","content":[{"type":"text","text":"what is this?"},
                         {"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]}]}""");

        var picture = new Attachment("image/png", "", Blob.of(new byte[] {1, 2, 3}));
        assertThat(asked().content().blocks())
                .containsExactly(new Block.Text("what is this?"), picture.image());
        assertThat(asked().attachments()).containsExactly(picture);
        calls(asked(), "A dot.");
    }

    private InputStream open(String body) {
        try {
            return talk.open(PATH, body);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Gateway.Message asked() {
        Wait.until("a question has been asked", () -> server.gateway.messages.size() == 1);
        return server.gateway.messages.values().iterator().next();
    }

    private void calls(Gateway.Message asked, String text, ToolCall... calls) {
        RunEnd plain = FakeGateway.end(asked.idempotencyKey(), Turn.State.DONE, text, "");
        server.gateway.endRun(
                new RunEnd(
                        plain.runId(),
                        plain.sessionKey(),
                        plain.sessionId(),
                        plain.agentId(),
                        plain.state(),
                        Content.said(text, List.of(calls)),
                        new Provenance("fake", "m", calls.length > 0 ? "tool_calls" : "stop", 1, 2),
                        "",
                        plain.startedAtMs(),
                        plain.endedAtMs()));
    }
}
