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
     * Nobody asks it any more, and no answer is being waited for: what it has opened can go. Called
     * once, when its settings are no longer in force.
     */
    @Override
    default void close() {}
}
