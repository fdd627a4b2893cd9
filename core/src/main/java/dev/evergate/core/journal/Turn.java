package dev.evergate.core.journal;

/**
 * One answer in the making or made.
 *
 * @param runId its name, the caller's idempotency key on the control plane
 * @param attempt from 0; rises each time a generation takes it up again
 * @param partialText the text of the last checkpoint
 * @param endedAtMs 0 while it runs
 * @param error why it failed; empty if it did not
 */
public record Turn(
        String runId,
        String messageId,
        String sessionKey,
        String sessionId,
        State state,
        int attempt,
        String partialText,
        long startedAtMs,
        long endedAtMs,
        String error) {

    /** Where a turn stands. */
    public enum State {
        RUNNING,
        DONE,
        ABORTED,
        FAILED;

        public boolean isTerminal() {
            return this != RUNNING;
        }

        /** The fate this state gives the message. */
        public AcceptedMessage.Fate fate() {
            return switch (this) {
                case RUNNING -> AcceptedMessage.Fate.PENDING;
                case DONE -> AcceptedMessage.Fate.ANSWERED;
                case ABORTED -> AcceptedMessage.Fate.ABORTED;
                case FAILED -> AcceptedMessage.Fate.FAILED;
            };
        }
    }
}
