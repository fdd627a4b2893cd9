package dev.evergate.core.gateway;

import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.gateway.GatewayEvent.SessionCompacting;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;

import java.util.Optional;

/** What observers hear of one compaction. Blocks on the store. */
final class CompactionNews {
    private final GatewayParts parts;
    private final String sessionKey;
    private final String agentId;
    private final String operationId;
    private boolean hasBegun;

    CompactionNews(GatewayParts parts, String sessionKey, String agentId) {
        this.parts = parts;
        this.sessionKey = sessionKey;
        this.agentId = agentId;
        this.operationId = parts.world().ids().next();
    }

    /** A model has been asked. */
    void begins() {
        hasBegun = true;
        publish(false, false, "");
    }

    /** It has come to this. */
    void ended(Compacted result) {
        switch (result) {
            case Compacted.Done done -> {
                Optional<Session> session = parts.journal().sessions().find(sessionKey);
                row(done.row(), session);
                over(true, "");
                parts.feed().publish(parts.sessionChanged(sessionKey, agentId, "compact", session));
            }
            case Compacted.Needless needless -> over(false, needless.why());
            case Compacted.Failed failed -> over(false, failed.why());
        }
    }

    /** It was given up. */
    void over(boolean isDone, String reason) {
        if (hasBegun) {
            publish(true, isDone, reason);
        }
    }

    private void row(TranscriptRow row, Optional<Session> session) {
        parts.feed().publish(new MessageAdded(sessionKey, agentId, row, session));
    }

    private void publish(boolean isOver, boolean isDone, String reason) {
        parts.feed()
                .publish(
                        new SessionCompacting(
                                operationId,
                                sessionKey,
                                agentId,
                                isOver,
                                isDone,
                                reason,
                                parts.world().time().wallMillis()));
    }
}
