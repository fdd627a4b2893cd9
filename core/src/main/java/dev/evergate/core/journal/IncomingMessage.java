package dev.evergate.core.journal;

/**
 * Something somebody said, before it is accepted.
 *
 * @param id our name for it, a UUIDv7
 * @param origin where it came from, and its name there
 * @param sessionKey the conversation it belongs to, such as {@code agent:main:main}
 * @param runId the run that will answer it; on the control plane the caller's idempotency key
 * @param content what was said
 * @param options how it is to be answered
 * @param receivedAtMs wall clock, Unix milliseconds
 */
public record IncomingMessage(
        String id,
        Origin origin,
        String sessionKey,
        String runId,
        Content content,
        MessageOptions options,
        long receivedAtMs) {

    /** A message of plain text. */
    public IncomingMessage(
            String id,
            Origin origin,
            String sessionKey,
            String runId,
            String text,
            long receivedAtMs) {
        this(id, origin, sessionKey, runId, Content.text(text), MessageOptions.NONE, receivedAtMs);
    }

    /** Its text alone. */
    public String text() {
        return content.text();
    }

    /**
     * Names a message as its platform does.
     *
     * @param channel the platform; {@code control} for clients of the control plane
     * @param account the login on that platform; {@code default} unless named
     * @param externalId the platform's id of the message; on the control plane the idempotency key
     */
    public record Origin(String channel, String account, String externalId) {
        /** The channel name of the control plane. */
        public static final String CONTROL = "control";

        /** A message of a control-plane client. */
        public static Origin control(String idempotencyKey) {
            return new Origin(CONTROL, "default", idempotencyKey);
        }
    }
}
