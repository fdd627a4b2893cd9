package dev.evergate.api;

import java.util.List;
import java.util.OptionalInt;

/**
 * Texts whose meaning is asked for as vectors.
 *
 * @param model the model's id at its provider, without the provider's name
 * @param texts not empty, and none of them is
 * @param dimensions how long the vectors shall be, for models that can choose; positive
 */
public record EmbeddingRequest(String model, List<String> texts, OptionalInt dimensions) {
    public EmbeddingRequest {
        texts = List.copyOf(texts);
    }
}
