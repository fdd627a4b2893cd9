package dev.evergate.server.openai;

import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.MessageOptions.Said;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a request. Immutable.
 *
 * @param instructions of the caller, empty if there are none
 * @param earlier what was said before, oldest first
 * @param asked what is to be answered: everything behind the last answer
 * @param attachments pictures of all of it
 */
record Conversation(
        String instructions, List<Said> earlier, Content asked, List<Attachment> attachments) {
    Conversation {
        earlier = List.copyOf(earlier);
        attachments = List.copyOf(attachments);
    }

    /**
     * Reads {@code messages}.
     *
     * @param pictures makes pictures of addresses, and may wait
     * @throws EvergateException INVALID_REQUEST if there is nothing to answer, or something that
     *     cannot be taken
     */
    static Conversation read(JsonNode messages, Pictures pictures) {
        return new Reading(pictures).read(messages);
    }

    /** One reading. For one thread. */
    private static final class Reading {
        private final List<String> instructions = new ArrayList<>();
        private final List<Said> said = new ArrayList<>();
        private final List<Attachment> attachments = new ArrayList<>();
        private final Pictures pictures;

        Reading(Pictures pictures) {
            this.pictures = pictures;
        }

        Conversation read(JsonNode messages) {
            for (JsonNode message : messages.isArray() ? messages : MissingNode.getInstance()) {
                read(message.path("role").asString("").strip(), message);
            }
            while (!said.isEmpty() && said.getLast().role() == Role.ASSISTANT) {
                said.removeLast();
            }
            if (said.isEmpty()) {
                throw invalid("Missing user message in `messages`.");
            }
            int from = said.size();
            while (from > 0 && said.get(from - 1).role() != Role.ASSISTANT) {
                from--;
            }
            List<Block> asked =
                    said.subList(from, said.size()).stream()
                            .flatMap(one -> one.content().blocks().stream())
                            .toList();
            return new Conversation(
                    String.join("\n\n", instructions),
                    said.subList(0, from),
                    new Content(asked),
                    attachments);
        }

        private void read(String role, JsonNode message) {
            switch (role) {
                case "system", "developer" -> {
                    String text = new Content(blocks(message.path("content"))).text();
                    if (!text.isEmpty()) {
                        instructions.add(text);
                    }
                }
                case "user" -> add(Role.USER, blocks(message.path("content")));
                case "assistant" -> {
                    List<Block> blocks = new ArrayList<>(blocks(message.path("content")));
                    message.path("tool_calls").forEach(call -> blocks.add(call(call)));
                    add(Role.ASSISTANT, blocks);
                }
                case "tool", "function" -> add(Role.USER, List.of(result(message)));
                default -> {
                    // newer roles say nothing to us
                }
            }
        }

        private void add(Role role, List<Block> blocks) {
            if (!blocks.isEmpty()) {
                said.add(new Said(role, new Content(blocks)));
            }
        }

        private static Block call(JsonNode call) {
            JsonNode function = call.path("function");
            String name = function.path("name").asString("");
            if (name.isEmpty()) {
                throw invalid("Invalid `tool_calls` in `messages`: one without a function's name.");
            }
            String arguments = function.path("arguments").asString("");
            return new Block.Call(
                    new ToolCall(
                            call.path("id").asString(""),
                            name,
                            arguments.isBlank() ? "{}" : arguments));
        }

        private Block result(JsonNode message) {
            return new Block.Result(
                    message.path("tool_call_id").asString(""),
                    message.path("name").asString(""),
                    new Content(blocks(message.path("content"))).text(),
                    false);
        }

        private List<Block> blocks(JsonNode content) {
            if (!content.isArray()) {
                String text = content.asString("").strip();
                return text.isEmpty() ? List.of() : List.of(new Block.Text(text));
            }
            List<Block> blocks = new ArrayList<>();
            for (JsonNode part : content) {
                String type = part.path("type").asString("text");
                switch (type) {
                    case "text", "input_text" -> {
                        String text = part.path("text").asString("");
                        if (!text.isBlank()) {
                            blocks.add(new Block.Text(text));
                        }
                    }
                    case "refusal" -> blocks.add(new Block.Text(part.path("refusal").asString("")));
                    case "image_url" -> blocks.add(picture(part));
                    default -> throw unknownPart(type);
                }
            }
            return blocks;
        }

        private Block picture(JsonNode part) {
            JsonNode named = part.path("image_url");
            String url = named.isObject() ? named.path("url").asString("") : named.asString("");
            Attachment picture = pictures.picture(url);
            attachments.add(picture);
            return picture.image();
        }

        private static EvergateException unknownPart(String type) {
            return invalid(
                    "Invalid content in `messages`: a part of type \"%s\" (expected: text or image_url)."
                            .formatted(type));
        }

        private static EvergateException invalid(String message) {
            return new EvergateException(ErrorCode.INVALID_REQUEST, message);
        }
    }
}
