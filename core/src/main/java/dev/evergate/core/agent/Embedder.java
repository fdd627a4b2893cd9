package dev.evergate.core.agent;

import static java.util.Objects.requireNonNull;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelProvider;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Has a provider turn texts into vectors, and believes nothing it says without a look. Thread-safe;
 * blocks.
 *
 * @param timeoutMs a provider that takes longer is left behind
 */
public record Embedder(World world, PluginSet plugins, long timeoutMs) {
    private static final Logger log = LoggerFactory.getLogger(Embedder.class);

    /**
     * @param providerId its configured name
     * @throws EvergateException INVALID_REQUEST if the provider does not exist or refuses,
     *     UNAVAILABLE if it cannot answer now, INTERNAL if it does not accept us or fails
     */
    public EmbeddingAnswer embed(String providerId, EmbeddingRequest request, CancelSignal caller) {
        ModelProvider provider =
                plugins.provider(providerId)
                        .orElseThrow(
                                () ->
                                        invalid(
                                                ("models.providers.%s is not configured"
                                                                + " (it should make the vectors of \"%s\").")
                                                        .formatted(providerId, request.model())));
        var answer = new AtomicReference<EmbeddingAnswer>();
        var cancel = new CancelSource();
        try (var _ = caller.onCancel(cancel::cancel)) {
            Attempt attempt =
                    world.attempt(
                            "embed",
                            world.time().deadlineIn(timeoutMs),
                            () -> answer.set(requireNonNull(provider.embed(request, cancel))));
            return switch (attempt) {
                case Attempt.Done() -> checked(request, requireNonNull(answer.get()));
                case Attempt.Failed(var cause) -> throw failure(providerId, cause);
                case Attempt.Overdue(var stack) -> {
                    log.warn("Provider {} makes no vectors; it stands{}", providerId, stack);
                    throw new EvergateException(
                            ErrorCode.UNAVAILABLE,
                            "The vectors were not there after %d s (agents.defaults.timeoutSeconds)."
                                    .formatted(timeoutMs / 1000));
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvergateException(ErrorCode.UNAVAILABLE, "the gateway ends; ask again", e);
        } finally {
            cancel.cancel(); // one that is left behind need not go on
        }
    }

    private static EmbeddingAnswer checked(EmbeddingRequest request, EmbeddingAnswer answer) {
        List<List<Float>> vectors = answer.vectors();
        boolean isWhole =
                vectors.size() == request.texts().size()
                        && vectors.stream().mapToInt(List::size).distinct().count() == 1;
        if (!isWhole) {
            throw new EvergateException(
                    ErrorCode.INTERNAL,
                    "%d vectors came from \"%s\" (expected: %d of one length)."
                            .formatted(vectors.size(), request.model(), request.texts().size()));
        }
        return answer;
    }

    private static EvergateException failure(String providerId, Throwable cause) {
        if (cause instanceof ModelException known) {
            ErrorCode code =
                    switch (known.kind()) {
                        case REFUSED -> ErrorCode.INVALID_REQUEST;
                        case UNAUTHORIZED -> ErrorCode.INTERNAL;
                        case UNREACHABLE, RATE_LIMITED, OVERLOADED, BROKEN, CANCELLED ->
                                ErrorCode.UNAVAILABLE;
                    };
            return new EvergateException(code, known.getMessage(), known);
        }
        log.error("Provider {} fails", providerId, cause);
        return new EvergateException(
                ErrorCode.INTERNAL, "Provider \"%s\" failed.".formatted(providerId), cause);
    }

    private static EvergateException invalid(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }
}
