package dev.evergate.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One question to a model.
 *
 * @param model the model's id at its provider, without the provider's name
 * @param messages the conversation so far, oldest first, ending with what is asked; each tool call
 *     in it is followed by its result
 * @param maxTokens upper bound of the answer in tokens, if one is set
 * @param tools what the model may ask to be used
 * @param toolChoice whether it has to
 * @param sampling how it finds its words
 */
public record ModelRequest(
        String model,
        List<ChatMessage> messages,
        OptionalInt maxTokens,
        List<Tool> tools,
        ToolChoice toolChoice,
        Sampling sampling) {
    public ModelRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    /** A question without tools. */
    public ModelRequest(String model, List<ChatMessage> messages, OptionalInt maxTokens) {
        this(model, messages, maxTokens, List.of(), ToolChoice.AUTO, Sampling.DEFAULTS);
    }

    /**
     * A tool that somebody else uses when the model asks for it.
     *
     * @param description when to use it; may be empty
     * @param schema of its arguments: a JSON schema as text
     */
    public record Tool(String name, String description, String schema) {}

    /** Whether a model has to use tools. */
    public sealed interface ToolChoice {
        /** The model decides. */
        ToolChoice AUTO = new Auto();

        /** The model decides. */
        record Auto() implements ToolChoice {}

        /** It must not. */
        record None() implements ToolChoice {}

        /** It must use one at least. */
        record Required() implements ToolChoice {}

        /** It must use this one. */
        record Named(String name) implements ToolChoice {}
    }

    /**
     * How a model finds its words. What is empty is left to the provider, which may refuse what it
     * does not know.
     *
     * @param temperature 0 to 2
     * @param topP 0 to 1
     * @param frequencyPenalty -2 to 2
     * @param presencePenalty -2 to 2
     * @param stop texts at which the answer ends
     * @param effort how long to think first, such as {@code low}
     * @param format of the answer: OpenAI's {@code response_format} as JSON text
     */
    public record Sampling(
            OptionalDouble temperature,
            OptionalDouble topP,
            OptionalDouble frequencyPenalty,
            OptionalDouble presencePenalty,
            OptionalLong seed,
            List<String> stop,
            Optional<String> effort,
            Optional<String> format) {
        /** Everything is left to the provider. */
        public static final Sampling DEFAULTS =
                new Sampling(
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty());

        public Sampling {
            stop = List.copyOf(stop);
        }
    }
}
