package dev.evergate.server.wire;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How conversations, transcript rows and model names look on the wire. Stateless. */
public final class Shapes {
    private Shapes() {}

    /** A conversation, as {@code sessions.list} and events show it. */
    public static void session(
            JsonGenerator out, Session session, List<ActiveRun> runs, ConfigSnapshot config) {
        boolean isRunning = runs.stream().anyMatch(run -> !run.isWaiting());
        out.writeStartObject();
        out.writeStringProperty("key", session.key());
        out.writeStringProperty("kind", "direct");
        out.writeStringProperty("agentId", session.agentId());
        out.writeStringProperty("sessionId", session.sessionId());
        out.writeBooleanProperty("isMain", session.key().endsWith(":main"));
        if (!session.label().isEmpty()) {
            out.writeStringProperty("label", session.label());
            out.writeStringProperty("displayName", session.label());
        }
        if (!session.preview().isEmpty()) {
            out.writeStringProperty("lastMessagePreview", session.preview());
        }
        out.writeNumberProperty("createdAt", session.createdAtMs());
        out.writeNumberProperty("updatedAt", session.updatedAtMs());
        out.writeBooleanProperty("archived", false);
        out.writeBooleanProperty("pinned", false);
        out.writeBooleanProperty("unread", false);
        if (isRunning) {
            out.writeStringProperty("status", "running");
        } else if (!runs.isEmpty()) {
            out.writeStringProperty("status", "queued");
        } else if (session.lastSeq() > 0) {
            out.writeStringProperty("status", "done");
        }
        out.writeBooleanProperty("hasActiveRun", !runs.isEmpty());
        out.writeArrayPropertyStart("activeRunIds");
        runs.forEach(run -> out.writeString(run.runId()));
        out.writeEndArray();
        out.writeNumberProperty("inputTokens", session.inputTokens());
        out.writeNumberProperty("outputTokens", session.outputTokens());
        out.writeNumberProperty("totalTokens", session.inputTokens() + session.outputTokens());
        model(out, config);
        out.writeEndObject();
    }

    /** The properties {@code modelProvider}, {@code model} and {@code contextTokens}, if known. */
    public static void model(JsonGenerator out, ConfigSnapshot config) {
        config.agents()
                .primary()
                .ifPresent(
                        ref -> {
                            out.writeStringProperty("modelProvider", ref.provider());
                            out.writeStringProperty("model", ref.model());
                            contextTokens(ref, config)
                                    .ifPresent(n -> out.writeNumberProperty("contextTokens", n));
                        });
    }

    /** The context window of a model in tokens, if it is configured. */
    public static Optional<Integer> contextTokens(ModelRef ref, ConfigSnapshot config) {
        return config.provider(ref).stream()
                .flatMap(provider -> provider.models().stream())
                .filter(model -> model.id().equals(ref.model()) && model.contextWindow() > 0)
                .map(ConfigSnapshot.Model::contextWindow)
                .findFirst();
    }

    /** A transcript row, as {@code chat.history} and {@code session.message} show it. */
    public static void message(JsonGenerator out, TranscriptRow row) {
        boolean isUser = row.role() == TranscriptRow.Role.USER;
        out.writeStartObject();
        out.writeStringProperty("role", row.role().name().toLowerCase(Locale.ROOT));
        if (isUser) {
            out.writeStringProperty("content", row.text());
        } else {
            out.writeName("content");
            content(out, row.text());
        }
        out.writeNumberProperty("timestamp", row.timestampMs());
        if (isUser && !row.runId().isEmpty()) {
            out.writeStringProperty("idempotencyKey", row.runId() + ":user");
        }
        provenance(out, row.provenance());
        out.writeObjectPropertyStart("__openclaw");
        out.writeStringProperty("id", row.id());
        out.writeNumberProperty("seq", row.seq());
        if (!row.runId().isEmpty()) {
            out.writeStringProperty("runId", row.runId());
        }
        if (row.kind() != TranscriptRow.Kind.MESSAGE) {
            out.writeStringProperty("kind", row.kind().name().toLowerCase(Locale.ROOT));
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void provenance(JsonGenerator out, TranscriptRow.Provenance from) {
        if (!from.provider().isEmpty()) {
            out.writeStringProperty("provider", from.provider());
            out.writeStringProperty("model", from.model());
            out.writeObjectPropertyStart("usage");
            usage(out, from, "totalTokens");
            out.writeEndObject();
        }
        if (!from.stopReason().isEmpty()) {
            out.writeStringProperty("stopReason", from.stopReason());
        }
    }

    /** The properties of a usage object; the sum has one of two names. */
    public static void usage(JsonGenerator out, TranscriptRow.Provenance from, String totalName) {
        out.writeNumberProperty("input", from.inputTokens());
        out.writeNumberProperty("output", from.outputTokens());
        out.writeNumberProperty(totalName, from.inputTokens() + from.outputTokens());
    }

    /** One assistant message around {@code text}, as chat events carry it. */
    public static void assistant(JsonGenerator out, String text, long timestampMs) {
        out.writeStartObject();
        out.writeStringProperty("role", "assistant");
        out.writeName("content");
        content(out, text);
        out.writeNumberProperty("timestamp", timestampMs);
        out.writeEndObject();
    }

    private static void content(JsonGenerator out, String text) {
        out.writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("type", "text");
        out.writeStringProperty("text", text);
        out.writeEndObject();
        out.writeEndArray();
    }
}
