package dev.evergate.core.gateway;

import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;

import java.util.List;
import java.util.stream.Collectors;

/** What models see of rows, and how much room that takes. Pure functions. */
final class Transcripts {
    /** A cautious estimate that holds for most languages. */
    static final int CHARS_PER_TOKEN = 3;

    private Transcripts() {}

    static boolean isSeenByModels(TranscriptRow row) {
        return row.kind() == Kind.MESSAGE || row.kind() == Kind.EVENT;
    }

    /** Whether a conversation can be begun with this row: no answer to what is not seen. */
    static boolean isBeginning(TranscriptRow row) {
        return row.role() == TranscriptRow.Role.USER
                && row.kind() == Kind.MESSAGE
                && row.content().blocks().stream().noneMatch(Block.Result.class::isInstance);
    }

    /** How much room rows take, in characters. */
    static long chars(List<TranscriptRow> rows) {
        return rows.stream().mapToLong(row -> Speech.chars(row.content())).sum();
    }

    /** What was said, as one text. */
    static String told(List<TranscriptRow> rows) {
        return rows.stream().map(Transcripts::told).collect(Collectors.joining("\n\n"));
    }

    private static String told(TranscriptRow row) {
        String who =
                switch (row.role()) {
                    case USER -> "User";
                    case ASSISTANT -> "Assistant";
                    case SYSTEM -> "System";
                };
        return row.content().blocks().stream()
                .map(Transcripts::told)
                .collect(Collectors.joining("\n", who + ": ", ""));
    }

    private static String told(Block block) {
        return switch (block) {
            case Block.Text(var text) -> text;
            case Block.Image image -> "[a picture%s]".formatted(named(image.name()));
            case Block.Call(var call) ->
                    "[uses the tool %s with %s]".formatted(call.name(), call.arguments());
            case Block.Result result ->
                    "[the tool%s answered: %s]".formatted(named(result.toolName()), result.text());
        };
    }

    private static String named(String name) {
        return name.isEmpty() ? "" : " " + name;
    }
}
