package dev.evergate.core.gateway;

import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.Turn;

/**
 * How a run ended.
 *
 * @param state terminal
 * @param content the reply, or what there was of it
 * @param provenance which model spoke, why it stopped, what it cost
 * @param error why it failed, for people; empty if it did not
 */
public record RunEnd(
        String runId,
        String sessionKey,
        String sessionId,
        String agentId,
        Turn.State state,
        Content content,
        Provenance provenance,
        String error,
        long startedAtMs,
        long endedAtMs) {

    /** Its text alone. */
    public String text() {
        return content.text();
    }
}
