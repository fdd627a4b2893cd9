package dev.evergate.api;

/**
 * One message of a conversation as a model sees it.
 *
 * @param role who speaks
 * @param text what is said, plain text
 */
public record ChatMessage(Role role, String text) {

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }
}
