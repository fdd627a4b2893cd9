package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.GatewayConnection.Event;

import tools.jackson.databind.JsonNode;

/**
 * The answer to one message as it appears on a terminal, or at its end in a pipe. Used by one
 * thread.
 *
 * <p>Events repeat and may be missing; each carries the whole text so far, so only what goes beyond
 * what is shown is written.
 */
final class Reply {
    private final Output output;
    private final String runId;
    private final boolean isStreaming;
    private String shown = "";

    /**
     * @param isStreaming whether to show the text as it comes
     */
    Reply(Output output, String runId, boolean isStreaming) {
        this.output = output;
        this.runId = runId;
        this.isStreaming = isStreaming;
    }

    /** Shows what an event adds, if it is about this run. */
    void take(Event event) {
        JsonNode payload = event.payload();
        if (!isStreaming
                || !event.name().equals("chat")
                || !payload.path("runId").asString("").equals(runId)
                || !payload.path("state").asString("").equals("delta")) {
            return;
        }
        var text = new StringBuilder();
        for (JsonNode block : payload.path("message").path("content")) {
            text.append(block.path("text").asString(""));
        }
        if (text.isEmpty() && !payload.path("replace").asBoolean(false)) {
            text.append(shown).append(payload.path("deltaText").asString(""));
        }
        show(text.toString());
    }

    /** Shows what of the final text is not shown yet. */
    void finish(String text) {
        if (!shown.strip().equals(harmless(text).strip())) {
            show(text);
        }
        breakOff();
    }

    /** Ends the line, so that what follows stands on its own. */
    void breakOff() {
        if (!shown.isEmpty() && !shown.endsWith("\n")) {
            output.piece("\n");
            shown += "\n";
        }
    }

    private void show(String raw) {
        String text = harmless(raw);
        if (text.startsWith(shown)) {
            output.piece(text.substring(shown.length()));
            shown = text;
        } else if (!shown.startsWith(text)) {
            // The model started anew: what stands there is void, the new text gets its own lines.
            output.piece("\n\n" + text);
            shown = text;
        }
    }

    /** A pipe gets what the model said, a terminal only what is safe to show. */
    private String harmless(String text) {
        return output.isTerminal() ? Output.harmless(text) : text;
    }
}
