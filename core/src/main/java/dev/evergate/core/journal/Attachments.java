package dev.evergate.core.journal;

import dev.evergate.api.Blob;

import java.util.Optional;

/**
 * What came with messages. Written with the message ({@link Inbox#accept}); removed when neither a
 * message within its 48 hours nor a window of a conversation has it.
 */
public interface Attachments {
    /** Empty if nobody has it any more. */
    Optional<Blob> find(String sha256);
}
