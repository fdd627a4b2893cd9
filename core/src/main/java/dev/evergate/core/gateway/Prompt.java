package dev.evergate.core.gateway;

import dev.evergate.api.ChatMessage;
import dev.evergate.core.agent.Candidates;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TurnJournal.Begun;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns a transcript into what a model sees. */
record Prompt(Journal journal, ConfigSnapshot config, MessageOptions options) {
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
        var candidates = new Candidates(config, options);
        Optional<ModelRef> model = candidates.models().stream().findFirst();
        var speech =
                new Speech(journal.attachments(), model.map(candidates::seesImages).orElse(false));
        int contextTokens =
                model.map(candidates::contextTokens)
                        .orElse(OptionalInt.empty())
                        .orElse(CONTEXT_TOKENS_DEFAULT);
        long budgetChars = (long) contextTokens / 2 * CHARS_PER_TOKEN;
        Deque<ChatMessage> newestFirst = new ArrayDeque<>();
        for (Said said : said(begun).reversed()) {
            budgetChars -= Speech.chars(said.content());
            if (budgetChars < 0 && !newestFirst.isEmpty()) {
                break;
            }
            speech.messages(said.role(), said.content()).reversed().forEach(newestFirst::addFirst);
        }
        List<ChatMessage> conversation = new ArrayList<>(newestFirst.size() + 1);
        conversation.add(new ChatMessage(ChatMessage.Role.SYSTEM, system()));
        conversation.addAll(ToolTalk.ordered(new ArrayList<>(newestFirst)));
        return conversation;
    }

    /** The transcript, then what the message brings along, then the message itself. */
    private List<Said> said(Begun begun) {
        // By window, not by key: a reset in the middle of a turn must not change what it answers.
        TranscriptRow asked = begun.userRow();
        List<Said> said = new ArrayList<>();
        long after = Math.max(0, asked.seq() - ROWS_MAX);
        for (TranscriptRow row : journal.sessions().after(asked.sessionId(), after, ROWS_MAX)) {
            if (row.seq() < asked.seq() && isSeenByModels(row)) {
                said.add(new Said(role(row), row.content()));
            }
        }
        said.addAll(options.earlier());
        said.add(new Said(role(asked), asked.content()));
        return said;
    }

    private String system() {
        return options.systemPrompt().isBlank()
                ? SYSTEM
                : SYSTEM + "\n\n" + options.systemPrompt().strip();
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
