package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.ModelChoice;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.server.wire.Params;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a client wants to be different in a conversation; {@code null} takes a setting back
 * (protocol page, appendix A). Immutable.
 */
final class SessionPatch implements UnaryOperator<Session> {
    private static final int TEXT_CHARS_MAX = 512;

    /**
     * What would change how safely or with what the agent works, and is not there to be changed.
     */
    private static final List<String> NOT_OFFERED =
            List.of(
                    "permissionMode",
                    "toolOverrides",
                    "contextWindow",
                    "fastMode",
                    "elevatedLevel",
                    "execHost",
                    "execSecurity",
                    "execAsk",
                    "execNode",
                    "sendPolicy",
                    "groupActivation",
                    "inheritedToolAllow",
                    "inheritedToolDeny");

    private final Params params;
    private final Optional<String> label;
    private final Map<Text, String> texts = new EnumMap<>(Text.class);
    private final Map<Moment, Boolean> moments = new EnumMap<>(Moment.class);
    private final long nowMs;

    /**
     * Reads everything at once, so that what cannot be is refused before anything is changed.
     *
     * @throws EvergateException INVALID_REQUEST
     */
    SessionPatch(Params params, ConfigSnapshot config, long nowMs) {
        this.params = params;
        this.nowMs = nowMs;
        for (String name : NOT_OFFERED) {
            if (params.has(name)) {
                throw params.refused(name, "is not offered by this gateway");
            }
        }
        this.label = cleared("label");
        for (Text name : Text.values()) {
            cleared(name.wireName()).ifPresent(value -> texts.put(name, value));
        }
        texts.computeIfPresent(
                Text.MODEL,
                (_, value) ->
                        value.isBlank() ? "" : ModelChoice.named(value.strip(), config).toString());
        texts.computeIfPresent(Text.THINKING_LEVEL, (_, value) -> thinkingLevel(value));
        params.optionalFlag("archived").ifPresent(on -> moments.put(Moment.ARCHIVED, on));
        params.optionalFlag("pinned").ifPresent(on -> moments.put(Moment.PINNED, on));
        params.optionalFlag("unread").ifPresent(on -> moments.put(Moment.MARKED_UNREAD, on));
    }

    /** What was sent for a setting; empty text for {@code null}. */
    private Optional<String> cleared(String name) {
        return params.mentions(name)
                ? params.optionalText(name, TEXT_CHARS_MAX).or(() -> Optional.of(""))
                : Optional.empty();
    }

    private String thinkingLevel(String value) {
        String level = value.strip().toLowerCase(Locale.ROOT);
        if (!level.isEmpty() && !ModelChoice.THINKING_LEVELS.contains(level)) {
            throw params.refused(
                    "thinkingLevel",
                    "must be one of " + String.join(", ", ModelChoice.THINKING_LEVELS));
        }
        return level;
    }

    /** Empty if nothing was said of it. */
    Optional<String> label() {
        return label;
    }

    @Override
    public Session apply(Session session) {
        requireExpected(session);
        return session.with(label.orElse(session.label())).with(apply(session.details()));
    }

    /** The same details with what is wanted. */
    SessionDetails apply(SessionDetails details) {
        SessionDetails next = details;
        for (var text : texts.entrySet()) {
            next = next.with(text.getKey(), text.getValue());
        }
        for (var moment : moments.entrySet()) {
            Moment name = moment.getKey();
            if (!moment.getValue()) {
                next = next.without(name);
            } else if (!next.has(name)) {
                next = next.with(name, nowMs);
            }
        }
        Boolean isUnread = moments.get(Moment.MARKED_UNREAD);
        return isUnread != null && !isUnread ? next.with(Moment.READ, nowMs) : next;
    }

    private void requireExpected(Session session) {
        params.optionalText("expectedSessionId")
                .filter(expected -> !expected.equals(session.sessionId()))
                .ifPresent(_ -> refuseChanged(session, "it was started anew"));
        if (params.mentions("expectedMarkedUnreadAt")) {
            long expected =
                    params.optionalInteger("expectedMarkedUnreadAt", 0, Long.MAX_VALUE).orElse(0);
            if (session.details().moment(Moment.MARKED_UNREAD).orElse(0) != expected) {
                refuseChanged(session, "its unread mark is another one");
            }
        }
    }

    private static void refuseChanged(Session session, String what) {
        throw new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "session %s changed since it was read: %s; read it again and retry"
                        .formatted(session.key(), what));
    }
}
