package dev.evergate.core.journal;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Content.Block;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/** Content as JSON text. Stateless. */
final class ContentCodec {
    private static final JsonMapper JSON = new JsonMapper();

    private ContentCodec() {}

    static String encode(Content content) {
        return JSON.writeValueAsString(tree(content));
    }

    static ArrayNode tree(Content content) {
        ArrayNode blocks = JSON.createArrayNode();
        for (Block block : content.blocks()) {
            write(blocks.addObject(), block);
        }
        return blocks;
    }

    static Content decode(String json) {
        try {
            return content(JSON.readTree(json));
        } catch (JacksonException e) {
            throw damaged("it is no JSON: " + e.getOriginalMessage());
        }
    }

    static Content content(JsonNode tree) {
        List<Block> blocks = new ArrayList<>();
        for (JsonNode block : tree) {
            blocks.add(block(block));
        }
        return new Content(blocks);
    }

    private static void write(ObjectNode to, Block block) {
        switch (block) {
            case Block.Text(var text) -> to.put("type", "text").put("text", text);
            case Block.Image(var mimeType, var sha256, var sizeBytes, var name) ->
                    to.put("type", "image")
                            .put("mimeType", mimeType)
                            .put("sha256", sha256)
                            .put("sizeBytes", sizeBytes)
                            .put("name", name);
            case Block.Call(ToolCall(var id, var name, var arguments)) ->
                    to.put("type", "toolCall")
                            .put("id", id)
                            .put("name", name)
                            .put("arguments", arguments);
            case Block.Result(var callId, var toolName, var text, var isError) ->
                    to.put("type", "toolResult")
                            .put("toolCallId", callId)
                            .put("toolName", toolName)
                            .put("text", text)
                            .put("isError", isError);
        }
    }

    private static Block block(JsonNode from) {
        String type = text(from, "type");
        return switch (type) {
            case "text" -> new Block.Text(text(from, "text"));
            case "image" ->
                    new Block.Image(
                            text(from, "mimeType"),
                            text(from, "sha256"),
                            from.path("sizeBytes").asLong(0),
                            text(from, "name"));
            case "toolCall" ->
                    new Block.Call(
                            new ToolCall(
                                    text(from, "id"), text(from, "name"), text(from, "arguments")));
            case "toolResult" ->
                    new Block.Result(
                            text(from, "toolCallId"),
                            text(from, "toolName"),
                            text(from, "text"),
                            from.path("isError").asBoolean(false));
            default -> throw damaged("a block is of the type \"%s\"".formatted(type));
        };
    }

    private static String text(JsonNode from, String name) {
        return from.path(name).asString("");
    }

    private static EvergateException damaged(String why) {
        return new EvergateException(
                ErrorCode.STORE_DAMAGED, "The content of a message cannot be read: " + why);
    }
}
