package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/**
 * Every message that was accepted from anybody, until it has met its fate. Needs no lease: it only
 * appends, by key.
 */
public interface Inbox {
    /**
     * Stores a message once; durable when this returns. A second one with the same {@link
     * IncomingMessage.Origin} is a duplicate, whatever its text (I19, I25); rows are kept for 48
     * hours at least after their fate.
     */
    default Acceptance accept(IncomingMessage message) {
        return accept(message, List.of());
    }

    /**
     * The same for a message that comes with something: both are stored, or nothing.
     *
     * @param attachments what its content names
     */
    Acceptance accept(IncomingMessage message, List<Attachment> attachments);

    /** The messages without a fate, in order of arrival. */
    List<AcceptedMessage> pending();

    /** The accepted message that this run answers. */
    Optional<AcceptedMessage> findByRun(String runId);

    /** What became of an offered message. */
    sealed interface Acceptance {
        /** Stored now. */
        record Accepted(AcceptedMessage message) implements Acceptance {}

        /** Stored before; this is what was stored then. */
        record Duplicate(AcceptedMessage message) implements Acceptance {}
    }
}
