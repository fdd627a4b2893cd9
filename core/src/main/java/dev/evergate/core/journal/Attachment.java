package dev.evergate.core.journal;

import dev.evergate.api.Blob;
import dev.evergate.core.journal.Content.Block;

/**
 * Something that comes with a message and is too large to stand in it. Kept once, however often it
 * is sent, as long as a message or a window of a conversation has it.
 *
 * @param mimeType such as {@code image/png}
 * @param name as its sender calls it; may be empty
 */
public record Attachment(String mimeType, String name, Blob data) {
    /** How a message names it. */
    public Block.Image image() {
        return new Block.Image(mimeType, data.sha256(), data.size(), name);
    }
}
