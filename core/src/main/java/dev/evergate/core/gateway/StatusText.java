package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Session;

import java.util.Optional;

/** What {@code /status} says. */
record StatusText(GatewayParts parts) {
    /**
     * @param others turns of the conversation beside the one that asks
     */
    String of(String sessionKey, int others) {
        Optional<Session> session = parts.journal().sessions().find(sessionKey);
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
                        others);
    }
}
