package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Session;

import java.util.List;
import java.util.Optional;

/** What {@code /status} says. */
record StatusText(GatewayParts parts, List<LiveTurn> turns) {
    String of(String sessionKey) {
        Optional<Session> session = parts.journal().sessions().find(sessionKey);
        long others =
                turns.stream().filter(turn -> turn.sessionKey().equals(sessionKey)).count() - 1;
        return """
        Evergate answers.
        Model: %s
        Conversation: %s, %d entries, %d tokens in, %d out
        Being answered or waiting here: %d"""
                .formatted(
                        parts.config()
                                .agents()
                                .primary()
                                .map(ModelRef::toString)
                                .orElse("none configured (write anything to see how to set one)"),
                        sessionKey,
                        session.map(Session::lastSeq).orElse(0L),
                        session.map(Session::inputTokens).orElse(0L),
                        session.map(Session::outputTokens).orElse(0L),
                        Math.max(0, others));
    }
}
