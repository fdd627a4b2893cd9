package dev.evergate.core.journal;

/**
 * One entry of a session's transcript.
 *
 * @param seq position in the session, from 1, without gaps, for ever (I24)
 * @param id a UUIDv7
 * @param runId the run it belongs to; empty if none
 * @param timestampMs wall clock, Unix milliseconds
 * @param provenance where an assistant's text came from
 */
public record TranscriptRow(
        String sessionId,
        long seq,
        String id,
        Role role,
        Kind kind,
        Content content,
        String runId,
        long timestampMs,
        Provenance provenance) {

    /** Its text alone. */
    public String text() {
        return content.text();
    }

    /** The same with another content. */
    public TranscriptRow with(Content other) {
        return new TranscriptRow(
                sessionId, seq, id, role, kind, other, runId, timestampMs, provenance);
    }

    /** Who speaks. */
    public enum Role {
        /** Whoever is answered: a person, or the tools an assistant has called. */
        USER,
        ASSISTANT,
        SYSTEM
    }

    /** How a row counts. */
    public enum Kind {
        /** Part of the conversation: models see it. */
        MESSAGE,
        /** A slash command or its answer, or a built-in card: people see it, models do not. */
        COMMAND,
        /**
         * Something that happened: an interrupted answer, a failure. People see it, models do not.
         */
        NOTICE,
        /** What was said before, summed up: models see it instead of that. */
        COMPACTION,
        /** Something the operator wants the agent to know: models see it with the next message. */
        EVENT
    }

    /**
     * Where a text came from and what it cost.
     *
     * @param provider id of the provider; empty if no model spoke
     * @param model id of the model; empty if no model spoke
     * @param stopReason why it ended; empty for what people wrote
     */
    public record Provenance(
            String provider, String model, String stopReason, long inputTokens, long outputTokens) {
        /** Written by a person or by the gateway itself. */
        public static final Provenance NONE = new Provenance("", "", "", 0, 0);
    }
}
