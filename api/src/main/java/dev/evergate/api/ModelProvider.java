package dev.evergate.api;

/**
 * A place that answers with a language model. Thread-safe: many requests run at the same time.
 *
 * <p>One call is one attempt. Retries, fallbacks and budgets are the gateway's decision, not the
 * provider's.
 */
public interface ModelProvider extends AutoCloseable {
    /**
     * Asks and streams the answer; blocks the calling (virtual) thread until the answer has ended.
     *
     * @param listener gets each piece of text as soon as it has come
     * @param cancel closes the connection when raised; the call then ends with {@code CANCELLED}
     *     within a second
     * @throws ModelException if there is no whole answer; text that has come was delivered before
     */
    ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
            throws ModelException;

    /**
     * Turns texts into vectors; blocks the calling thread until they have come. A provider that
     * does not override this has no models for it.
     *
     * @param cancel closes the connection when raised; the call then ends with {@code CANCELLED}
     *     within a second
     * @throws ModelException if there are no vectors
     */
    default EmbeddingAnswer embed(EmbeddingRequest request, CancelSignal cancel)
            throws ModelException {
        throw new ModelException(
                ModelException.Kind.REFUSED,
                ("No vectors from \"%s\": this kind of provider has no embedding models"
                                + " (expected: one with api \"openai-completions\").")
                        .formatted(request.model()));
    }

    /**
     * Nobody asks it any more, and no answer is being waited for: what it has opened can go. Called
     * once, when its settings are no longer in force.
     */
    @Override
    default void close() {}
}
