package dev.evergate.server.openai;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The messages of a request, as one text for the agent: it has a memory and a character of its own,
 * so what came before and what the caller instructs is quoted to it. Immutable.
 *
 * @param instructions of the caller, empty if there are none
 * @param lines what was said, oldest first, as far as it matters
 */
record Conversation(String instructions, List<Line> lines) {
    Conversation {
        lines = List.copyOf(lines);
    }

    /**
     * @param speaker {@code User}, {@code Assistant} or {@code Tool}, for whoever reads it
     */
    record Line(String speaker, String text) {
        private static final String ASSISTANT = "Assistant";

        boolean isAsking() {
            return !speaker.equals(ASSISTANT);
        }
    }

    /**
     * Reads {@code messages}.
     *
     * @throws EvergateException INVALID_REQUEST if there is nothing to answer, or more than text
     */
    static Conversation read(JsonNode messages) {
        List<String> instructions = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        for (JsonNode message : messages.isArray() ? messages : MissingNode.getInstance()) {
            String text = text(message.path("content")).strip();
            String role = message.path("role").asString("").strip();
            switch (role) {
                case "system", "developer" -> add(instructions, text, text);
                case "user" -> add(lines, text, new Line("User", text));
                case "assistant" -> add(lines, text, new Line(Line.ASSISTANT, text));
                case "tool", "function" -> add(lines, text, new Line(tool(message), text));
                default -> {
                    // newer roles say nothing to us
                }
            }
        }
        while (!lines.isEmpty() && !lines.getLast().isAsking()) {
            lines.removeLast();
        }
        if (lines.isEmpty()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST, "Missing user message in `messages`.");
        }
        return new Conversation(String.join("\n\n", instructions), lines);
    }

    private static <T> void add(List<T> to, String text, T item) {
        if (!text.isEmpty()) {
            to.add(item);
        }
    }

    private static String tool(JsonNode message) {
        String name = message.path("name").asString("").strip();
        return name.isEmpty() ? "Tool" : "Tool " + name;
    }

    private static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.asString("");
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            String type = part.path("type").asString("text");
            if (!type.equals("text") && !type.equals("input_text")) {
                throw new EvergateException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid content in `messages`: a part of type \"%s\" (expected: text, for now)."
                                .formatted(type));
            }
            add(parts, part.path("text").asString(""), part.path("text").asString(""));
        }
        return String.join("\n", parts);
    }

    /**
     * What to say to the agent.
     *
     * @param isRemembered whether the agent has heard what came before the last answer
     */
    String text(boolean isRemembered) {
        int from = lines.size() - 1;
        while (from > 0 && lines.get(from - 1).isAsking()) {
            from--;
        }
        List<Line> earlier = isRemembered ? List.of() : lines.subList(0, from);
        List<Line> asked = lines.subList(from, lines.size());
        String question =
                asked.size() == 1 && asked.getFirst().speaker().equals("User")
                        ? asked.getFirst().text()
                        : quoted(asked);
        if (instructions.isEmpty() && earlier.isEmpty()) {
            return question;
        }
        StringBuilder text = new StringBuilder();
        section(text, "Instructions for this answer", instructions);
        section(text, "What was said before", quoted(earlier));
        section(text, "Answer this", question);
        return text.toString().strip();
    }

    private static void section(StringBuilder text, String title, String content) {
        if (!content.isEmpty()) {
            text.append('[').append(title).append("]\n").append(content).append("\n\n");
        }
    }

    private static String quoted(List<Line> lines) {
        return lines.stream()
                .map(line -> line.speaker() + ": " + line.text())
                .collect(Collectors.joining("\n"));
    }
}
