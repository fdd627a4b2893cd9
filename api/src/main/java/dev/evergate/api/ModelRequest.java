package dev.evergate.api;

import java.util.List;
import java.util.OptionalInt;

/**
 * One question to a model.
 *
 * @param model the model's id at its provider, without the provider's name
 * @param messages the conversation so far, oldest first, ending with what is asked
 * @param maxTokens upper bound of the answer in tokens, if one is set
 */
public record ModelRequest(String model, List<ChatMessage> messages, OptionalInt maxTokens) {
    public ModelRequest {
        messages = List.copyOf(messages);
    }
}
