package dev.evergate.server.openai;

import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.MessageOptions.Terms;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a request for a chat completion wants of the model itself. Immutable. */
record TermsReader(JsonNode body) {
    private static final int TOOLS_MAX = 128;
    private static final int STOPS_MAX = 4;

    /**
     * @throws EvergateException INVALID_REQUEST if a value is of the wrong kind
     */
    Terms read() {
        return new Terms(tools(), choice(), sampling(), maxTokens());
    }

    private List<Tool> tools() {
        List<Tool> tools = new ArrayList<>();
        JsonNode all = present("tools");
        if (!all.isMissingNode() && !all.isArray()) {
            throw invalid("tools", "an array");
        }
        for (JsonNode tool : all) {
            JsonNode function = tool.path("function");
            String name = function.path("name").asString("");
            JsonNode schema = function.path("parameters");
            boolean isFunction = tool.path("type").asString("function").equals("function");
            boolean isDescribed = schema.isObject() || schema.isMissingNode() || schema.isNull();
            if (!isFunction || !isDescribed || !name.matches("[A-Za-z0-9_.-]{1,64}")) {
                throw invalid(
                        "tools/" + tools.size(),
                        "a function with a name of 1 to 64 letters, digits, _, - and ., and a schema");
            }
            tools.add(
                    new Tool(
                            name,
                            function.path("description").asString(""),
                            schema.isObject() ? schema.toString() : ""));
        }
        if (tools.size() > TOOLS_MAX) {
            throw invalid("tools", "at most " + TOOLS_MAX);
        }
        return tools;
    }

    private ToolChoice choice() {
        JsonNode choice = present("tool_choice");
        String name = choice.path("function").path("name").asString("");
        if (!name.isEmpty()) {
            return new ToolChoice.Named(name);
        }
        return switch (choice.isMissingNode() ? "auto" : choice.asString("")) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Required();
            default -> throw invalid("tool_choice", "none, auto, required, or a function");
        };
    }

    private OptionalInt maxTokens() {
        JsonNode max = present("max_completion_tokens");
        JsonNode limit = max.isMissingNode() ? present("max_tokens") : max;
        if (limit.isMissingNode()) {
            return OptionalInt.empty();
        }
        if (!limit.canConvertToInt() || limit.asInt() < 1) {
            throw invalid("max_completion_tokens", "1 or more");
        }
        return OptionalInt.of(limit.asInt());
    }

    private Sampling sampling() {
        JsonNode format = present("response_format");
        if (!format.isMissingNode() && !format.isObject()) {
            throw invalid("response_format", "an object");
        }
        JsonNode seed = present("seed");
        if (!seed.isMissingNode() && !seed.canConvertToLong()) {
            throw invalid("seed", "an integer");
        }
        return new Sampling(
                number("temperature", 0, 2),
                number("top_p", 0, 1),
                number("frequency_penalty", -2, 2),
                number("presence_penalty", -2, 2),
                seed.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(seed.asLong()),
                stops(),
                Optional.of(present("reasoning_effort").asString(""))
                        .filter(effort -> !effort.isEmpty()),
                format.isMissingNode() ? Optional.empty() : Optional.of(format.toString()));
    }

    private List<String> stops() {
        JsonNode stop = present("stop");
        if (stop.isMissingNode()) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        if (stop.isString()) {
            stops.add(stop.asString());
        } else {
            stop.forEach(text -> stops.add(text.asString("")));
        }
        if (stops.isEmpty() || stops.size() > STOPS_MAX || stops.contains("")) {
            throw invalid("stop", "a text, or 1 to %d of them".formatted(STOPS_MAX));
        }
        return stops;
    }

    private OptionalDouble number(String name, double min, double max) {
        JsonNode value = present(name);
        if (value.isMissingNode()) {
            return OptionalDouble.empty();
        }
        if (!value.isNumber() || value.asDouble() < min || value.asDouble() > max) {
            throw invalid(name, "a number from %s to %s".formatted(min, max));
        }
        return OptionalDouble.of(value.asDouble());
    }

    /** Missing if it is null: clients write that for what they do not want. */
    private JsonNode present(String name) {
        JsonNode value = body.path(name);
        return value.isNull() ? body.path("") : value;
    }

    private static EvergateException invalid(String name, String expected) {
        return new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "Invalid `%s` (expected: %s).".formatted(name, expected));
    }
}
