package dev.evergate.server.wire;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.ModelChoice;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.TranscriptRow;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How conversations, transcript rows and model names look on the wire. Stateless. */
public final class Shapes {
    private static final Block NOTHING = new Block.Text("");

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
        names(out, session);
        if (!session.preview().isEmpty()) {
            out.writeStringProperty("lastMessagePreview", session.preview());
        }
        out.writeNumberProperty("createdAt", session.createdAtMs());
        out.writeNumberProperty("updatedAt", session.updatedAtMs());
        if (session.spokenAtMs() > 0) {
            out.writeNumberProperty("lastInteractionAt", session.spokenAtMs());
        }
        settled(out, session);
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
        model(out, session, config);
        if (ModelChoice.settled(session, config).isPresent()) {
            out.writeStringProperty("modelOverrideSource", "user");
        } else {
            out.writeNullProperty("modelOverrideSource");
        }
        thinking(out, ModelChoice.of(session, config), config);
        out.writeEndObject();
    }

    /** What a person calls the conversation; empty if nobody has given it a name. */
    public static Optional<String> displayName(Session session) {
        return session.details()
                .text(SessionDetails.Text.DISPLAY_NAME)
                .or(() -> Optional.of(session.label()).filter(label -> !label.isEmpty()));
    }

    private static void names(JsonGenerator out, Session session) {
        if (!session.label().isEmpty()) {
            out.writeStringProperty("label", session.label());
        }
        displayName(session).ifPresent(name -> out.writeStringProperty("displayName", name));
        displayName(session)
                .or(() -> Optional.of(session.title()).filter(title -> !title.isEmpty()))
                .ifPresent(title -> out.writeStringProperty("derivedTitle", title));
    }

    private static void settled(JsonGenerator out, Session session) {
        SessionDetails details = session.details();
        out.writeBooleanProperty("archived", details.has(Moment.ARCHIVED));
        out.writeBooleanProperty("pinned", details.has(Moment.PINNED));
        out.writeBooleanProperty("unread", session.isUnread());
        for (Moment name : Moment.values()) {
            details.moment(name).ifPresent(atMs -> out.writeNumberProperty(name.wireName(), atMs));
        }
        for (Text name : Text.values()) {
            if (name != Text.MODEL && name != Text.DISPLAY_NAME) { // told as what holds
                details.text(name)
                        .ifPresent(value -> out.writeStringProperty(name.wireName(), value));
            }
        }
    }

    /** The properties that say how long a model may be told to think. */
    public static void thinking(JsonGenerator out, Optional<ModelRef> ref, ConfigSnapshot config) {
        boolean reasons = ref.map(r -> reasons(r, config)).orElse(false);
        out.writeArrayPropertyStart("thinkingLevels");
        for (String level :
                reasons ? ModelChoice.THINKING_LEVELS : ModelChoice.THINKING_LEVELS.subList(0, 1)) {
            out.writeStartObject();
            out.writeStringProperty("id", level);
            out.writeStringProperty("label", level);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeStringProperty("thinkingDefault", ModelChoice.THINKING_LEVELS.getFirst());
    }

    private static boolean reasons(ModelRef ref, ConfigSnapshot config) {
        return config.provider(ref).stream()
                .flatMap(provider -> provider.models().stream())
                .anyMatch(model -> model.id().equals(ref.model()) && model.reasons());
    }

    /**
     * The properties {@code modelProvider}, {@code model} and {@code contextTokens} of a
     * conversation's next answer, if known.
     */
    public static void model(JsonGenerator out, Session session, ConfigSnapshot config) {
        ModelChoice.of(session, config).ifPresent(ref -> model(out, ref, config));
    }

    /** The same for conversations for which nothing is settled. */
    public static void model(JsonGenerator out, ConfigSnapshot config) {
        config.agents().primary().ifPresent(ref -> model(out, ref, config));
    }

    private static void model(JsonGenerator out, ModelRef ref, ConfigSnapshot config) {
        out.writeStringProperty("modelProvider", ref.provider());
        out.writeStringProperty("model", ref.model());
        contextTokens(ref, config).ifPresent(n -> out.writeNumberProperty("contextTokens", n));
    }

    /** At most so many characters of a text; one that was cut says so. */
    public static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end =
                charsMax > 0 && Character.isHighSurrogate(text.charAt(charsMax - 1))
                        ? charsMax - 1
                        : charsMax;
        return text.substring(0, end) + "…";
    }

    /** The same row with at most so many characters in each text. */
    public static TranscriptRow cut(TranscriptRow row, int charsMax) {
        return row.with(
                new Content(
                        row.content().blocks().stream()
                                .map(block -> cut(block, charsMax))
                                .toList()));
    }

    private static Block cut(Block block, int charsMax) {
        return switch (block) {
            case Block.Text(var text) -> new Block.Text(cut(text, charsMax));
            case Block.Result(var callId, var tool, var text, var isError) ->
                    new Block.Result(callId, tool, cut(text, charsMax), isError);
            case Block.Image image -> image;
            case Block.Call call -> call;
        };
    }

    /** The context window of a model in tokens, if it is configured. */
    public static Optional<Integer> contextTokens(ModelRef ref, ConfigSnapshot config) {
        return config.provider(ref).stream()
                .flatMap(provider -> provider.models().stream())
                .filter(model -> model.id().equals(ref.model()) && model.contextWindow() > 0)
                .map(ConfigSnapshot.Model::contextWindow)
                .findFirst();
    }

    /**
     * The properties of a message that is told, or asked for since some other.
     *
     * @param row one message, as {@link #spoken} gives it
     */
    public static void entry(
            JsonGenerator out, String sessionKey, String agentId, TranscriptRow row) {
        out.writeStringProperty("sessionKey", sessionKey);
        out.writeStringProperty("agentId", agentId);
        out.writeName("message");
        message(out, row);
        out.writeStringProperty("messageId", row.id());
        out.writeNumberProperty("messageSeq", row.seq());
    }

    /**
     * A row as the messages it consists of: each result of a tool is one of its own. They share
     * position and id.
     */
    public static List<TranscriptRow> spoken(TranscriptRow row) {
        List<Block> rest = new ArrayList<>();
        List<TranscriptRow> messages = new ArrayList<>();
        for (Block block : row.content().blocks()) {
            if (block instanceof Block.Result) {
                messages.add(row.with(new Content(List.of(block))));
            } else {
                rest.add(block);
            }
        }
        if (messages.isEmpty()) {
            return List.of(row);
        }
        if (!rest.isEmpty()) {
            messages.add(row.with(new Content(rest)));
        }
        return messages;
    }

    /**
     * A transcript row, as {@code chat.history} and {@code session.message} show it.
     *
     * @param row one message, as {@link #spoken} gives it
     */
    public static void message(JsonGenerator out, TranscriptRow row) {
        boolean isUser = row.role() == TranscriptRow.Role.USER;
        out.writeStartObject();
        if (row.content().blocks().stream().findFirst().orElse(NOTHING)
                instanceof Block.Result result) {
            out.writeStringProperty("role", "toolResult");
            out.writeStringProperty("toolCallId", result.callId());
            out.writeStringProperty("toolName", result.toolName());
            out.writeBooleanProperty("isError", result.isError());
        } else {
            out.writeStringProperty("role", row.role().name().toLowerCase(Locale.ROOT));
        }
        if (isUser && row.content().isPlain()) {
            out.writeStringProperty("content", row.text());
        } else {
            out.writeName("content");
            content(out, row.content());
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

    /** One assistant message around {@code said}, as chat events carry it. */
    public static void assistant(JsonGenerator out, Content said, long timestampMs) {
        out.writeStartObject();
        out.writeStringProperty("role", "assistant");
        out.writeName("content");
        content(out, said);
        out.writeNumberProperty("timestamp", timestampMs);
        out.writeEndObject();
    }

    private static void content(JsonGenerator out, Content content) {
        out.writeStartArray();
        for (Block block : content.blocks()) {
            out.writeStartObject();
            switch (block) {
                case Block.Text(var text) -> text(out, text);
                case Block.Result result -> text(out, result.text());
                case Block.Image image -> image(out, image);
                case Block.Call(var call) -> call(out, call);
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void text(JsonGenerator out, String text) {
        out.writeStringProperty("type", "text");
        out.writeStringProperty("text", text);
    }

    /** Without its bytes, which would be too many for a list of messages. */
    private static void image(JsonGenerator out, Block.Image image) {
        out.writeStringProperty("type", "image");
        out.writeStringProperty("mimeType", image.mimeType());
        if (!image.name().isEmpty()) {
            out.writeStringProperty("fileName", image.name());
        }
        out.writeBooleanProperty("omitted", true);
        out.writeNumberProperty("bytes", image.sizeBytes());
    }

    /** As an object, if it is one: plugins are not ours. */
    private static void arguments(JsonGenerator out, String text) {
        try {
            out.writeTree(JsonMapper.shared().readTree(text));
        } catch (JacksonException noJson) {
            out.writeString(text);
        }
    }

    private static void call(JsonGenerator out, ToolCall call) {
        out.writeStringProperty("type", "toolCall");
        out.writeStringProperty("id", call.id());
        out.writeStringProperty("name", call.name());
        out.writeName("arguments");
        arguments(out, call.arguments());
    }
}
