package dev.evergate.keeper.link;

import java.io.IOException;
import java.io.Serial;

/**
 * A datagram is not a message of the link, or lacks a field its word needs.
 *
 * <p>Thread-safety: immutable.
 */
public final class LinkFormatException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    LinkFormatException(String message) {
        super(message);
    }
}
