package dev.evergate.api;

import java.util.List;

/**
 * The meaning of some texts.
 *
 * @param vectors one for each text, in their order, all of the same length
 * @param usage what they cost; zeros when the provider did not say
 */
public record EmbeddingAnswer(List<List<Float>> vectors, ModelAnswer.Usage usage) {
    public EmbeddingAnswer {
        vectors = vectors.stream().map(List::copyOf).toList();
    }
}
