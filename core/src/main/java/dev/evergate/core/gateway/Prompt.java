package dev.evergate.core.gateway;

import dev.evergate.api.ChatMessage;
import dev.evergate.core.agent.Candidates;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.Begun;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns a transcript into what a model sees. */
record Prompt(Journal journal, ConfigSnapshot config, MessageOptions options) {
    private static final String SYSTEM =
            "You are a helpful assistant. You talk with people through Evergate, a gateway between chat apps and"
                    + " language models. Answer in the language you are addressed in, briefly and exactly.";

    private static final String SUMMARY =
            "What was said in this conversation before, summed up:\n\n";

    /** A transcript of so many rows is summed up, however short they are. */
    private static final int ROWS_FULL = 900;

    /** Rows of a transcript looked at; more would not fit any model's window. */
    static final int ROWS_MAX = 1_000;

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
        long budgetChars = budgetChars();
        Deque<ChatMessage> newestFirst = new ArrayDeque<>();
        for (Said said : said(begun).reversed()) {
            budgetChars -= Speech.chars(said.content());
            if (budgetChars < 0 && !newestFirst.isEmpty()) {
                break;
            }
            speech.messages(said.role(), said.content()).reversed().forEach(newestFirst::addFirst);
        }
        List<ChatMessage> conversation = new ArrayList<>(newestFirst.size() + 1);
        conversation.add(new ChatMessage(ChatMessage.Role.SYSTEM, system(begun)));
        conversation.addAll(ToolTalk.ordered(new ArrayList<>(newestFirst)));
        return conversation;
    }

    /** The transcript, then what the message brings along, then the message itself. */
    private List<Said> said(Begun begun) {
        // By window, not by key: a reset in the middle of a turn must not change what it answers.
        TranscriptRow asked = begun.userRow();
        List<Said> said = new ArrayList<>();
        rows(begun).forEach(row -> said.add(new Said(role(row), row.content())));
        said.addAll(options.earlier());
        said.add(new Said(role(asked), asked.content()));
        return said;
    }

    /** The rows before the message that stand for themselves. */
    private List<TranscriptRow> rows(Begun begun) {
        TranscriptRow asked = begun.userRow();
        long after =
                Math.max(
                        compaction(begun).map(Compaction::coversSeq).orElse(0L),
                        asked.seq() - ROWS_MAX);
        return journal.sessions().after(asked.sessionId(), Math.max(0, after), ROWS_MAX).stream()
                .filter(row -> row.seq() < asked.seq() && Transcripts.isSeenByModels(row))
                .toList();
    }

    private Optional<Compaction> compaction(Begun begun) {
        TranscriptRow asked = begun.userRow();
        return journal.sessions().compaction(asked.sessionId(), asked.seq());
    }

    /** Room for what was said, in characters: half of the model's, by a cautious estimate. */
    long budgetChars() {
        var candidates = new Candidates(config, options);
        int contextTokens =
                candidates.models().stream()
                        .findFirst()
                        .map(candidates::contextTokens)
                        .orElse(OptionalInt.empty())
                        .orElse(CONTEXT_TOKENS_DEFAULT);
        return (long) contextTokens / 2 * Transcripts.CHARS_PER_TOKEN;
    }

    /** Whether the beginning of the conversation does not fit any more. */
    boolean isFull(Begun begun) {
        List<TranscriptRow> rows = rows(begun);
        long chars = Transcripts.chars(rows);
        return chars + Speech.chars(begun.userRow().content()) > budgetChars()
                || rows.size() >= ROWS_FULL;
    }

    private String system(Begun begun) {
        String summary = compaction(begun).map(Compaction::summary).orElse("");
        return Stream.of(
                        SYSTEM,
                        options.systemPrompt().strip(),
                        summary.isEmpty() ? "" : SUMMARY + summary)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n\n"));
    }

    private static ChatMessage.Role role(TranscriptRow row) {
        return switch (row.role()) {
            case USER -> ChatMessage.Role.USER;
            case ASSISTANT -> ChatMessage.Role.ASSISTANT;
            case SYSTEM -> ChatMessage.Role.SYSTEM;
        };
    }
}
