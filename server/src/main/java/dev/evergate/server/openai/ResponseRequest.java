package dev.evergate.server.openai;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request of the Responses API, which says the same as one for a chat completion in other words.
 * Immutable as long as nobody changes its body.
 */
record ResponseRequest(JsonNode body) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** What is called differently there. */
    private static final Map<String, String> NAMES =
            Map.of(
                    "model", "model",
                    "stream", "stream",
                    "user", "user",
                    "temperature", "temperature",
                    "top_p", "top_p",
                    "parallel_tool_calls", "parallel_tool_calls",
                    "max_output_tokens", "max_completion_tokens");

    /** What would silently be lost is refused. */
    private static final List<String> UNHEARD = List.of("background", "conversation", "prompt");

    /**
     * @throws EvergateException INVALID_REQUEST if it is no request, or wants what there is not
     */
    ResponseRequest {
        if (!body.isObject()) {
            throw invalid("The body is not a JSON object.");
        }
        for (String name : UNHEARD) {
            JsonNode wanted = body.path(name);
            boolean isWanted = wanted.isBoolean() ? wanted.booleanValue() : !wanted.isNull();
            if (!wanted.isMissingNode() && isWanted) {
                throw invalid(
                        ("`%s` is not supported by this release (a conversation goes on with"
                                        + " `previous_response_id` or `user`).")
                                .formatted(name));
            }
        }
    }

    /** The answer that this request goes on from; empty if it names none. */
    Optional<String> previous() {
        return Optional.of(body.path("previous_response_id").asString(""))
                .filter(id -> !id.isEmpty());
    }

    /** What of it stands in the answer. */
    ObjectNode echo() {
        ObjectNode echo = JSON.objectNode();
        echo.set("instructions", orElse("instructions", NullNode.getInstance()));
        echo.set("previous_response_id", orElse("previous_response_id", NullNode.getInstance()));
        echo.set("metadata", orElse("metadata", JSON.objectNode()));
        echo.set("tools", orElse("tools", JSON.arrayNode()));
        echo.set("tool_choice", orElse("tool_choice", JSON.stringNode("auto")));
        echo.set("parallel_tool_calls", orElse("parallel_tool_calls", JSON.booleanNode(true)));
        echo.set("temperature", orElse("temperature", NullNode.getInstance()));
        echo.set("top_p", orElse("top_p", NullNode.getInstance()));
        return echo;
    }

    private JsonNode orElse(String name, JsonNode otherwise) {
        JsonNode value = body.path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : value;
    }

    /**
     * The same as a request for a chat completion.
     *
     * @throws EvergateException INVALID_REQUEST if there is nothing to answer, or what there is not
     */
    ObjectNode asChat() {
        ObjectNode chat = JSON.objectNode();
        NAMES.forEach(
                (name, other) -> {
                    JsonNode value = body.path(name);
                    if (!value.isMissingNode() && !value.isNull()) {
                        chat.set(other, value);
                    }
                });
        JsonNode effort = body.path("reasoning").path("effort");
        if (effort.isString()) {
            chat.set("reasoning_effort", effort);
        }
        tools(chat);
        chat.set("messages", new ResponseInput(body.path("instructions")).read(body.path("input")));
        return chat;
    }

    private void tools(ObjectNode chat) {
        JsonNode tools = body.path("tools");
        if (!tools.isEmpty()) {
            ArrayNode functions = chat.putArray("tools");
            for (JsonNode tool : tools) {
                functions.add(function(tool));
            }
        }
        JsonNode choice = body.path("tool_choice");
        if (choice.isString()) {
            chat.set("tool_choice", choice);
        } else if (choice.isObject()) {
            ObjectNode named = chat.putObject("tool_choice").put("type", "function");
            named.putObject("function").set("name", choice.path("name"));
        }
    }

    private static ObjectNode function(JsonNode tool) {
        String type = tool.path("type").asString("");
        if (!type.equals("function") || !tool.isObject()) {
            throw invalid(
                    "Invalid `tools`: one of type \"%s\" (expected: function; the agent has no tools of OpenAI's)."
                            .formatted(type));
        }
        ObjectNode function = ((ObjectNode) tool).deepCopy();
        JsonNode _ = function.remove("type");
        ObjectNode wrapped = JSON.objectNode().put("type", "function");
        JsonNode _ = wrapped.set("function", function);
        return wrapped;
    }

    static EvergateException invalid(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }
}
