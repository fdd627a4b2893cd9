package dev.evergate.plugins.openai;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;

/** A question as JSON, in the words of OpenAI's chat completions. Stateless. */
final class ChatBody {
    private static final JsonMapper JSON = new JsonMapper();

    private ChatBody() {}

    static byte[] of(ModelRequest request) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        for (ChatMessage message : request.messages()) {
            message(messages, message);
        }
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        request.maxTokens().ifPresent(limit -> body.put("max_completion_tokens", limit));
        if (!request.tools().isEmpty()) {
            ArrayNode tools = body.putArray("tools");
            request.tools().forEach(tool -> tool(tools.addObject(), tool));
            choice(body, request.toolChoice());
        }
        sampling(body, request.sampling());
        return JSON.writeValueAsBytes(body);
    }

    /** One message, or one for each result of a tool. */
    private static void message(ArrayNode messages, ChatMessage message) {
        switch (message.role()) {
            case SYSTEM, USER -> said(messages.addObject(), message);
            case ASSISTANT -> answered(messages.addObject(), message);
            case TOOL ->
                    message.parts().stream()
                            .filter(Part.ToolResult.class::isInstance)
                            .forEach(part -> result(messages.addObject(), (Part.ToolResult) part));
        }
    }

    private static void said(ObjectNode to, ChatMessage message) {
        to.put("role", message.role().name().toLowerCase(Locale.ROOT));
        if (message.parts().stream().allMatch(Part.Text.class::isInstance)) {
            to.put("content", message.text());
            return;
        }
        ArrayNode content = to.putArray("content");
        for (Part part : message.parts()) {
            switch (part) {
                case Part.Text(var text) ->
                        content.addObject().put("type", "text").put("text", text);
                case Part.Image(var mimeType, var data) ->
                        content.addObject()
                                .put("type", "image_url")
                                .putObject("image_url")
                                .put("url", "data:" + mimeType + ";base64," + data.base64());
                case Part.ToolCall _, Part.ToolResult _ -> {
                    // not said by these
                }
            }
        }
    }

    private static void answered(ObjectNode to, ChatMessage message) {
        to.put("role", "assistant");
        List<Part.ToolCall> calls =
                message.parts().stream()
                        .filter(Part.ToolCall.class::isInstance)
                        .map(Part.ToolCall.class::cast)
                        .toList();
        if (calls.isEmpty() || !message.text().isEmpty()) {
            to.put("content", message.text());
        } else {
            to.putNull("content");
        }
        for (Part.ToolCall call : calls) {
            to.withArrayProperty("tool_calls")
                    .addObject()
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments());
        }
    }

    private static void result(ObjectNode to, Part.ToolResult result) {
        to.put("role", "tool")
                .put("tool_call_id", result.callId())
                .put("content", (result.isError() ? "Error: " : "") + result.text());
    }

    private static void tool(ObjectNode to, Tool tool) {
        ObjectNode function = to.put("type", "function").putObject("function");
        function.put("name", tool.name());
        if (!tool.description().isEmpty()) {
            function.put("description", tool.description());
        }
        if (!tool.schema().isEmpty()) {
            function.set("parameters", JSON.readTree(tool.schema()));
        }
    }

    private static void choice(ObjectNode body, ToolChoice choice) {
        switch (choice) {
            case ToolChoice.Auto _ -> body.put("tool_choice", "auto");
            case ToolChoice.None _ -> body.put("tool_choice", "none");
            case ToolChoice.Required _ -> body.put("tool_choice", "required");
            case ToolChoice.Named(var name) ->
                    body.putObject("tool_choice")
                            .put("type", "function")
                            .putObject("function")
                            .put("name", name);
        }
    }

    private static void sampling(ObjectNode body, Sampling from) {
        from.temperature().ifPresent(value -> body.put("temperature", value));
        from.topP().ifPresent(value -> body.put("top_p", value));
        from.frequencyPenalty().ifPresent(value -> body.put("frequency_penalty", value));
        from.presencePenalty().ifPresent(value -> body.put("presence_penalty", value));
        from.seed().ifPresent(value -> body.put("seed", value));
        from.stop().forEach(text -> body.withArrayProperty("stop").add(text));
        from.effort().ifPresent(value -> body.put("reasoning_effort", value));
        from.format().ifPresent(value -> body.set("response_format", JSON.readTree(value)));
    }
}
