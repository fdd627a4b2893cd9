package dev.evergate.core.gateway;

import dev.evergate.api.ChatMessage;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TurnJournal.Begun;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Turns a transcript into what a model sees. */
record Prompt(Sessions sessions, ConfigSnapshot config) {
    private static final String SYSTEM =
            "You are a helpful assistant. You talk with people through Evergate, a gateway between chat apps and"
                    + " language models. Answer in the language you are addressed in, briefly and exactly.";

    /** Rows of a transcript looked at; more would not fit any model's window. */
    private static final int ROWS_MAX = 1_000;

    /** A cautious estimate that holds for most languages. */
    private static final int CHARS_PER_TOKEN = 3;

    /** Assumed when a model's window is not configured: small enough for local models. */
    private static final int CONTEXT_TOKENS_DEFAULT = 32_768;

    /**
     * The conversation up to the message that is to be answered, as much of its end as fits the
     * model.
     */
    List<ChatMessage> conversation(Begun begun) {
        // By window, not by key: a reset in the middle of a turn must not change what it answers.
        long last = begun.userRow().seq();
        List<TranscriptRow> rows =
                sessions.after(begun.userRow().sessionId(), Math.max(0, last - ROWS_MAX), ROWS_MAX);
        int budgetChars = contextTokens() / 2 * CHARS_PER_TOKEN;
        Deque<ChatMessage> newestFirst = new ArrayDeque<>();
        for (TranscriptRow row : rows.reversed()) {
            if (row.seq() > last || !isSeenByModels(row)) {
                continue;
            }
            budgetChars -= row.text().length();
            if (budgetChars < 0 && !newestFirst.isEmpty()) {
                break;
            }
            newestFirst.addFirst(new ChatMessage(role(row), row.text()));
        }
        List<ChatMessage> conversation = new ArrayList<>(newestFirst.size() + 1);
        conversation.add(new ChatMessage(ChatMessage.Role.SYSTEM, SYSTEM));
        conversation.addAll(newestFirst);
        return conversation;
    }

    private int contextTokens() {
        return config.agents()
                .primary()
                .flatMap(
                        ref ->
                                config.provider(ref).stream()
                                        .flatMap(provider -> provider.models().stream())
                                        .filter(model -> model.id().equals(ref.model()))
                                        .map(ConfigSnapshot.Model::contextWindow)
                                        .filter(tokens -> tokens > 0)
                                        .findFirst())
                .orElse(CONTEXT_TOKENS_DEFAULT);
    }

    private static boolean isSeenByModels(TranscriptRow row) {
        return row.kind() == Kind.MESSAGE || row.kind() == Kind.EVENT;
    }

    private static ChatMessage.Role role(TranscriptRow row) {
        return switch (row.role()) {
            case USER -> ChatMessage.Role.USER;
            case ASSISTANT -> ChatMessage.Role.ASSISTANT;
            case SYSTEM -> ChatMessage.Role.SYSTEM;
        };
    }
}
