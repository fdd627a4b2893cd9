package dev.evergate.server.openai;

import static dev.evergate.server.openai.ResponseRequest.invalid;

import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes the messages of a chat out of the items of a Responses request. Used once. */
final class ResponseInput {
    private static final String ASSISTANT = "assistant";

    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();

    /**
     * @param instructions stand before everything else, if they are a text
     */
    ResponseInput(JsonNode instructions) {
        if (instructions.isString()) {
            messages.addObject().put("role", "system").set("content", instructions);
        }
    }

    /**
     * @throws EvergateException INVALID_REQUEST if nothing in it can be answered, or understood
     */
    ArrayNode read(JsonNode input) {
        if (input.isString()) {
            messages.addObject().put("role", "user").set("content", input);
        }
        if (input.isArray()) {
            input.forEach(this::item);
        }
        boolean isAsking = false;
        for (JsonNode message : messages) {
            String role = message.path("role").asString("");
            isAsking |= role.equals("user") || role.equals("tool");
        }
        if (!isAsking) {
            throw invalid("Missing user message in `input`.");
        }
        return messages;
    }

    private void item(JsonNode item) {
        String type = item.path("type").asString("message");
        switch (type) {
            case "message" -> message(item);
            case "function_call" -> call(item);
            case "function_call_output" -> output(item);
            case "reasoning", "item_reference" -> {
                // its own thoughts, which the agent does not need
            }
            default ->
                    throw invalid(
                            ("Invalid item in `input`: one of type \"%s\" (expected: message,"
                                            + " function_call or function_call_output).")
                                    .formatted(type));
        }
    }

    private void message(JsonNode item) {
        ObjectNode message = messages.addObject();
        message.set("role", item.path("role"));
        message.set("content", content(item.path("content")));
    }

    /** Calls that were made together belong to one message, with what was said before them. */
    private void call(JsonNode item) {
        JsonNode last = messages.isEmpty() ? item : messages.get(messages.size() - 1);
        boolean isSaid = last.path("role").asString("").equals(ASSISTANT);
        ObjectNode message =
                isSaid ? (ObjectNode) last : messages.addObject().put("role", ASSISTANT);
        JsonNode known = message.path("tool_calls");
        ArrayNode calls = known instanceof ArrayNode array ? array : message.putArray("tool_calls");
        ObjectNode call = calls.addObject();
        call.set("id", item.path("call_id"));
        ObjectNode function = call.put("type", "function").putObject("function");
        function.set("name", item.path("name"));
        function.set("arguments", item.path("arguments"));
    }

    private void output(JsonNode item) {
        ObjectNode message = messages.addObject().put("role", "tool");
        message.set("tool_call_id", item.path("call_id"));
        message.set("content", content(item.path("output")));
    }

    private static JsonNode content(JsonNode content) {
        if (!content.isArray()) {
            return content;
        }
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        content.forEach(part -> parts.add(part(part)));
        return parts;
    }

    private static ObjectNode part(JsonNode part) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        String type = part.path("type").asString("input_text");
        switch (type) {
            case "input_text", "output_text", "text", "summary_text" ->
                    result.put("type", "text").set("text", part.path("text"));
            case "refusal" -> result.put("type", "text").set("text", part.path("refusal"));
            case "input_image" ->
                    result.put("type", "image_url").putObject("image_url").put("url", url(part));
            default ->
                    throw invalid(
                            ("Invalid content in `input`: a part of type \"%s\" (expected:"
                                            + " input_text, output_text or input_image).")
                                    .formatted(type));
        }
        return result;
    }

    /** The address of an image, which may be the image itself. */
    private static String url(JsonNode image) {
        JsonNode source = image.path("source");
        if (source.path("type").asString("").equals("base64")) {
            return "data:%s;base64,%s"
                    .formatted(
                            source.path("media_type").asString(""),
                            source.path("data").asString(""));
        }
        JsonNode url = image.path("image_url");
        return url.isObject()
                ? url.path("url").asString("")
                : url.asString(source.path("url").asString(""));
    }
}
