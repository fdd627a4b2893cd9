package dev.evergate.core.journal;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.MessageOptions.Terms;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Options as JSON text; what was not said is not written. Stateless. */
final class OptionsCodec {
    private static final JsonMapper JSON = new JsonMapper();

    private OptionsCodec() {}

    static String encode(MessageOptions options) {
        ObjectNode to = JSON.createObjectNode();
        put(to, "model", options.model());
        put(to, "thinking", options.thinking());
        if (options.timeoutMs() > 0) {
            to.put("timeoutMs", options.timeoutMs());
        }
        put(to, "systemPrompt", options.systemPrompt());
        for (Said said : options.earlier()) {
            ObjectNode one = to.withArrayProperty("earlier").addObject();
            one.put("role", said.role().name());
            one.set("content", ContentCodec.tree(said.content()));
        }
        terms(to, options.terms());
        return JSON.writeValueAsString(to);
    }

    static MessageOptions decode(String json) {
        JsonNode from;
        try {
            from = JSON.readTree(json);
        } catch (JacksonException e) {
            throw damaged("no JSON: " + e.getOriginalMessage());
        }
        try {
            return options(from);
        } catch (IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private static MessageOptions options(JsonNode from) {
        List<Said> earlier = new ArrayList<>();
        for (JsonNode one : from.path("earlier")) {
            earlier.add(
                    new Said(
                            ChatMessage.Role.valueOf(text(one, "role")),
                            ContentCodec.content(one.path("content"))));
        }
        return new MessageOptions(
                text(from, "model"),
                text(from, "thinking"),
                from.path("timeoutMs").asLong(0),
                text(from, "systemPrompt"),
                earlier,
                terms(from));
    }

    private static void terms(ObjectNode to, Terms terms) {
        for (Tool tool : terms.tools()) {
            to.withArrayProperty("tools")
                    .addObject()
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .put("schema", tool.schema());
        }
        switch (terms.toolChoice()) {
            case ToolChoice.Auto _ -> {
                // what is not said
            }
            case ToolChoice.None _ -> to.put("toolChoice", "none");
            case ToolChoice.Required _ -> to.put("toolChoice", "required");
            case ToolChoice.Named(var name) -> to.put("toolChoice", "named").put("toolName", name);
        }
        terms.maxTokens().ifPresent(limit -> to.put("maxTokens", limit));
        sampling(to, terms.sampling());
    }

    private static void sampling(ObjectNode to, Sampling from) {
        from.temperature().ifPresent(value -> to.put("temperature", value));
        from.topP().ifPresent(value -> to.put("topP", value));
        from.frequencyPenalty().ifPresent(value -> to.put("frequencyPenalty", value));
        from.presencePenalty().ifPresent(value -> to.put("presencePenalty", value));
        from.seed().ifPresent(value -> to.put("seed", value));
        from.stop().forEach(text -> to.withArrayProperty("stop").add(text));
        from.effort().ifPresent(value -> to.put("effort", value));
        from.format().ifPresent(value -> to.put("format", value));
    }

    private static Terms terms(JsonNode from) {
        List<Tool> tools = new ArrayList<>();
        for (JsonNode tool : from.path("tools")) {
            tools.add(
                    new Tool(text(tool, "name"), text(tool, "description"), text(tool, "schema")));
        }
        String choice = text(from, "toolChoice");
        return new Terms(
                tools,
                switch (choice) {
                    case "" -> ToolChoice.AUTO;
                    case "none" -> new ToolChoice.None();
                    case "required" -> new ToolChoice.Required();
                    case "named" -> new ToolChoice.Named(text(from, "toolName"));
                    default -> throw new IllegalArgumentException("toolChoice " + choice);
                },
                sampling(from),
                from.has("maxTokens")
                        ? OptionalInt.of(from.path("maxTokens").asInt())
                        : OptionalInt.empty());
    }

    private static Sampling sampling(JsonNode from) {
        List<String> stop = new ArrayList<>();
        from.path("stop").forEach(text -> stop.add(text.asString()));
        return new Sampling(
                number(from, "temperature"),
                number(from, "topP"),
                number(from, "frequencyPenalty"),
                number(from, "presencePenalty"),
                from.has("seed")
                        ? OptionalLong.of(from.path("seed").asLong())
                        : OptionalLong.empty(),
                stop,
                optional(from, "effort"),
                optional(from, "format"));
    }

    private static void put(ObjectNode to, String name, String value) {
        if (!value.isEmpty()) {
            to.put(name, value);
        }
    }

    private static String text(JsonNode from, String name) {
        return from.path(name).asString("");
    }

    private static Optional<String> optional(JsonNode from, String name) {
        return Optional.of(text(from, name)).filter(value -> !value.isEmpty());
    }

    private static OptionalDouble number(JsonNode from, String name) {
        return from.has(name)
                ? OptionalDouble.of(from.path(name).asDouble())
                : OptionalDouble.empty();
    }

    private static EvergateException damaged(String why) {
        return new EvergateException(
                ErrorCode.STORE_DAMAGED, "The options of a message cannot be read: " + why);
    }
}
