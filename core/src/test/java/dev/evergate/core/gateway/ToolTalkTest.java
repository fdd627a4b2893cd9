package dev.evergate.core.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.Part;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.api.Part.ToolResult;

import org.junit.jupiter.api.Test;

import java.util.List;

class ToolTalkTest {
    private static final ChatMessage ASKED = new ChatMessage(Role.USER, "what time is it?");
    private static final ChatMessage OTHER = new ChatMessage(Role.USER, "never mind");

    @Test
    void leavesAnOrderlyConversationAsItIs() {
        List<ChatMessage> orderly =
                List.of(
                        ASKED,
                        calls("c1", "c2"),
                        results(result("c1", "noon"), result("c2", "six")),
                        new ChatMessage(Role.ASSISTANT, "Noon."),
                        OTHER);

        assertThat(ToolTalk.ordered(orderly)).isEqualTo(orderly);
    }

    @Test
    void answersACallThatNobodyAnswered() {
        assertThat(ToolTalk.ordered(List.of(ASKED, calls("c1"), OTHER)))
                .containsExactly(
                        ASKED,
                        calls("c1"),
                        results(new ToolResult("c1", "No result was given.", true)),
                        OTHER);
    }

    @Test
    void putsLateResultsBehindTheirCalls() {
        assertThat(
                        ToolTalk.ordered(
                                List.of(
                                        calls("c1", "c2"),
                                        results(result("c2", "six")),
                                        OTHER,
                                        results(result("c1", "noon")))))
                .containsExactly(
                        calls("c1", "c2"),
                        results(result("c1", "noon"), result("c2", "six")),
                        OTHER);
    }

    @Test
    void quotesAResultWhoseCallIsForgotten() {
        assertThat(ToolTalk.ordered(List.of(results(result("c1", "noon")), OTHER)))
                .containsExactly(new ChatMessage(Role.USER, "[The result of a tool]\nnoon"), OTHER);
    }

    @Test
    void tellsCallsOfTheSameNameApart() {
        List<ChatMessage> twice =
                List.of(
                        calls("call_0"),
                        results(result("call_0", "first")),
                        calls("call_0"),
                        results(result("call_0", "second")));

        assertThat(ToolTalk.ordered(twice)).isEqualTo(twice);
    }

    private static ChatMessage calls(String... ids) {
        return new ChatMessage(
                Role.ASSISTANT,
                List.of(ids).stream().<Part>map(id -> new ToolCall(id, "clock", "{}")).toList());
    }

    private static ToolResult result(String id, String text) {
        return new ToolResult(id, text, false);
    }

    private static ChatMessage results(ToolResult... results) {
        return new ChatMessage(Role.TOOL, List.of((Part[]) results));
    }
}
