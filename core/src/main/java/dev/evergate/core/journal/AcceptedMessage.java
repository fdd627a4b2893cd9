package dev.evergate.core.journal;

/**
 * A message in the inbox.
 *
 * @param message what was accepted
 * @param arrival rises by arrival; orders messages of one conversation
 * @param fate how it ended, or {@link Fate#PENDING}
 */
public record AcceptedMessage(IncomingMessage message, long arrival, Fate fate) {

    /**
     * The end of an accepted message. Every message gets exactly one, and its sender can see it
     * (I18).
     */
    public enum Fate {
        /** None yet. */
        PENDING,
        /** A reply was given. */
        ANSWERED,
        /** Stopped on request. */
        ABORTED,
        /** Could not be answered, and the conversation says so. */
        FAILED
    }
}
