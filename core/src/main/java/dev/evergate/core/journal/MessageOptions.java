package dev.evergate.core.journal;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.core.fault.EvergateException;

import java.util.List;
import java.util.OptionalInt;

/**
 * How one message is to be answered, as far as its sender says so. Immutable.
 *
 * @param model {@code provider/model}; empty for that of the conversation
 * @param thinking how long to think first, such as {@code low}; empty for that of the conversation
 * @param timeoutMs longest time for the answer; 0 for what is configured
 * @param systemPrompt added to what the agent is told about itself; may be empty
 * @param earlier what was said before this message and is not in the transcript
 * @param terms what is asked of the model itself
 */
public record MessageOptions(
        String model,
        String thinking,
        long timeoutMs,
        String systemPrompt,
        List<Said> earlier,
        Terms terms) {
    /** Nothing was said. */
    public static final MessageOptions NONE =
            new MessageOptions("", "", 0, "", List.of(), Terms.NONE);

    public MessageOptions {
        earlier = List.copyOf(earlier);
    }

    /** The same, by another model if none is named. */
    public MessageOptions orModel(String other) {
        return model.isEmpty()
                ? new MessageOptions(other, thinking, timeoutMs, systemPrompt, earlier, terms)
                : this;
    }

    /** The same, thinking for another time if none is named. */
    public MessageOptions orThinking(String other) {
        return thinking.isEmpty()
                ? new MessageOptions(model, other, timeoutMs, systemPrompt, earlier, terms)
                : this;
    }

    /** As JSON; empty if nothing was said. */
    public String encoded() {
        return equals(NONE) ? "" : OptionsCodec.encode(this);
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @throws EvergateException {@code STORE_DAMAGED} if it is nothing of ours
     */
    public static MessageOptions decode(String encoded) {
        return encoded.isEmpty() ? NONE : OptionsCodec.decode(encoded);
    }

    /**
     * One message of a conversation that somebody else keeps.
     *
     * @param role anybody but the system
     */
    public record Said(ChatMessage.Role role, Content content) {}

    /**
     * What a client asks of the model, which is handed on as it is.
     *
     * @param tools what the client can do for the model
     * @param maxTokens longest answer; empty for what is configured
     */
    public record Terms(
            List<Tool> tools, ToolChoice toolChoice, Sampling sampling, OptionalInt maxTokens) {
        /** Nothing. */
        public static final Terms NONE =
                new Terms(List.of(), ToolChoice.AUTO, Sampling.DEFAULTS, OptionalInt.empty());

        public Terms {
            tools = List.copyOf(tools);
        }
    }
}
