package dev.evergate.core.gateway;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.Part;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.api.Part.ToolResult;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Calls of tools with their results, as models insist on them: right behind each call its result,
 * and no result without its call. Conversations are not like that by themselves: an answer is cut,
 * somebody says something else instead, the beginning does not fit.
 */
final class ToolTalk {
    private static final String UNANSWERED = "No result was given.";

    private ToolTalk() {}

    /** The same conversation, with every call answered at once and every other result quoted. */
    static List<ChatMessage> ordered(List<ChatMessage> messages) {
        return new Sorting(messages).sorted();
    }

    /** Goes through a conversation once. For one thread. */
    private static final class Sorting {
        private final List<ChatMessage> messages;
        private final List<ChatMessage> sorted = new ArrayList<>();

        /** Results that stand behind a call of theirs. Names of calls may come more than once. */
        private final Set<ToolResult> given = Collections.newSetFromMap(new IdentityHashMap<>());

        Sorting(List<ChatMessage> messages) {
            this.messages = messages;
        }

        List<ChatMessage> sorted() {
            for (int at = 0; at < messages.size(); at++) {
                ChatMessage message = messages.get(at);
                if (message.role() == Role.TOOL) {
                    results(message).filter(result -> !given.contains(result)).forEach(this::quote);
                } else {
                    sorted.add(message);
                    answer(message, messages.subList(at + 1, messages.size()));
                }
            }
            return sorted;
        }

        private void answer(ChatMessage message, List<ChatMessage> later) {
            List<Part> answers =
                    message.parts().stream()
                            .filter(ToolCall.class::isInstance)
                            .<Part>map(call -> answer((ToolCall) call, later))
                            .toList();
            if (!answers.isEmpty()) {
                sorted.add(new ChatMessage(Role.TOOL, answers));
            }
        }

        private ToolResult answer(ToolCall call, List<ChatMessage> later) {
            Optional<ToolResult> result =
                    later.stream()
                            .flatMap(Sorting::results)
                            .filter(one -> one.callId().equals(call.id()) && !given.contains(one))
                            .findFirst();
            result.ifPresent(given::add);
            return result.orElseGet(() -> new ToolResult(call.id(), UNANSWERED, true));
        }

        private void quote(ToolResult result) {
            sorted.add(new ChatMessage(Role.USER, "[The result of a tool]\n" + result.text()));
        }

        private static Stream<ToolResult> results(ChatMessage message) {
            return message.parts().stream()
                    .filter(ToolResult.class::isInstance)
                    .map(ToolResult.class::cast);
        }
    }
}
