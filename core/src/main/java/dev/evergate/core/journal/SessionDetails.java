package dev.evergate.core.journal;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What people and clients have settled for a conversation: its model, how it is shown, what has
 * been read. Immutable. A reset keeps it.
 *
 * @param texts never blank
 * @param moments wall clock, Unix milliseconds
 */
public record SessionDetails(Map<Text, String> texts, Map<Moment, Long> moments) {
    /** Nothing is settled: the configuration holds. */
    public static final SessionDetails NONE = new SessionDetails(Map.of(), Map.of());

    public SessionDetails {
        texts = Map.copyOf(texts);
        moments = Map.copyOf(moments);
    }

    /** Something settled in words; the names are those of the protocol. */
    public enum Text {
        /** {@code provider/model}. */
        MODEL("model"),
        THINKING_LEVEL("thinkingLevel"),
        DISPLAY_NAME("displayName"),
        ICON("icon"),
        COLOR("color"),
        /** The group it is shown in. */
        CATEGORY("category"),
        BOARD_FACE("boardFace"),
        /** What clients show of a run; the gateway does nothing else with these. */
        VERBOSE_LEVEL("verboseLevel"),
        REASONING_LEVEL("reasoningLevel"),
        TRACE_LEVEL("traceLevel"),
        RESPONSE_USAGE("responseUsage"),
        /** Key of the conversation it was begun from. */
        PARENT("parentSessionKey");

        private final String wireName;

        Text(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /** When something happened to it; absent is not, or not any more. */
    public enum Moment {
        ARCHIVED("archivedAt"),
        PINNED("pinnedAt"),
        READ("lastReadAt"),
        MARKED_UNREAD("markedUnreadAt");

        private final String wireName;

        Moment(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public Optional<String> text(Text name) {
        return Optional.ofNullable(texts.get(name));
    }

    public OptionalLong moment(Moment name) {
        Long at = moments.get(name);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    public boolean has(Moment name) {
        return moments.containsKey(name);
    }

    /** The same with this settled; a blank value takes it back. */
    public SessionDetails with(Text name, String value) {
        Map<Text, String> next = new EnumMap<>(Text.class);
        next.putAll(texts);
        if (value.isBlank()) {
            next.remove(name);
        } else {
            next.put(name, value);
        }
        return new SessionDetails(next, moments);
    }

    /** The same with this having happened. */
    public SessionDetails with(Moment name, long atMs) {
        Map<Moment, Long> next = new EnumMap<>(Moment.class);
        next.putAll(moments);
        next.put(name, atMs);
        return new SessionDetails(texts, next);
    }

    public SessionDetails without(Moment name) {
        Map<Moment, Long> next = new EnumMap<>(Moment.class);
        next.putAll(moments);
        next.remove(name);
        return new SessionDetails(texts, next);
    }

    /** Whether only what has been read is different: that makes no conversation newer. */
    public boolean differsOnlyInReading(SessionDetails other) {
        return without(Moment.READ)
                .without(Moment.MARKED_UNREAD)
                .equals(other.without(Moment.READ).without(Moment.MARKED_UNREAD));
    }

    /** As a JSON object, names in a fixed order. */
    public String json() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        for (Text name : Text.values()) {
            text(name).ifPresent(value -> node.put(name.wireName(), value));
        }
        for (Moment name : Moment.values()) {
            moment(name).ifPresent(value -> node.put(name.wireName(), value));
        }
        return node.toString();
    }

    /**
     * Reads what {@link #json} wrote; other keys are left out.
     *
     * @throws IllegalArgumentException if it is no JSON object
     */
    public static SessionDetails parse(String json) {
        if (json.equals("{}")) {
            return NONE;
        }
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("details of a session are no JSON", e);
        }
        Map<Text, String> texts = new EnumMap<>(Text.class);
        for (Text name : Text.values()) {
            String value = node.path(name.wireName()).asString("");
            if (!value.isBlank()) {
                texts.put(name, value);
            }
        }
        Map<Moment, Long> moments = new EnumMap<>(Moment.class);
        for (Moment name : Moment.values()) {
            if (node.path(name.wireName()).isIntegralNumber()) {
                moments.put(name, node.path(name.wireName()).longValue());
            }
        }
        return new SessionDetails(texts, moments);
    }
}
