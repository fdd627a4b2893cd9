package dev.evergate.api;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One message of a conversation as a model sees it.
 *
 * @param role who speaks
 * @param parts what is said, in order; never empty
 */
public record ChatMessage(Role role, List<Part> parts) {
    public ChatMessage {
        parts = List.copyOf(parts);
    }

    /** A message of plain text. */
    public ChatMessage(Role role, String text) {
        this(role, List.of(new Part.Text(text)));
    }

    /** Its text alone, a line for each part; empty if there is none. */
    public String text() {
        return parts.stream()
                .filter(Part.Text.class::isInstance)
                .map(part -> ((Part.Text) part).text())
                .collect(Collectors.joining("\n"));
    }

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        /** Tools that the assistant called in the message before: only {@link Part.ToolResult}. */
        TOOL
    }
}
