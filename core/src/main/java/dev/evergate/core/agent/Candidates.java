package dev.evergate.core.agent;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Model;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.MessageOptions.Terms;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;

/** Who may answer a message, and what each of them is told. Immutable. */
public record Candidates(ConfigSnapshot config, MessageOptions options) {
    /** In the order in which they are asked: the message's own choice, then what is configured. */
    public List<ModelRef> models() {
        SequencedSet<ModelRef> models = new LinkedHashSet<>();
        ModelRef.parse(options.model()).or(config.agents()::primary).ifPresent(models::add);
        models.addAll(config.agents().fallbacks());
        return new ArrayList<>(models);
    }

    /** What is known of a model; empty if nothing is configured of it. */
    Optional<Model> known(ModelRef ref) {
        return config.provider(ref).stream()
                .flatMap(provider -> provider.models().stream())
                .filter(model -> model.id().equals(ref.model()))
                .findFirst();
    }

    /** What one of them holds, in tokens, if that is known. */
    public OptionalInt contextTokens(ModelRef ref) {
        return known(ref).map(Model::contextWindow).filter(tokens -> tokens > 0).stream()
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /** Whether one of them may be shown pictures; yes, unless its configuration says otherwise. */
    public boolean seesImages(ModelRef ref) {
        return known(ref).map(Model::seesImages).orElse(true);
    }

    ModelRequest request(ModelRef ref, List<ChatMessage> conversation) {
        Terms terms = options.terms();
        return new ModelRequest(
                ref.model(),
                conversation,
                terms.maxTokens().isPresent() ? terms.maxTokens() : maxTokens(ref),
                terms.tools(),
                terms.toolChoice(),
                sampling(ref, terms.sampling()));
    }

    private OptionalInt maxTokens(ModelRef ref) {
        return known(ref).map(Model::maxTokens).filter(tokens -> tokens > 0).stream()
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    private Sampling sampling(ModelRef ref, Sampling asked) {
        boolean reasons = known(ref).map(Model::reasons).orElse(false);
        return asked.effort().isPresent() || !reasons
                ? asked
                : new Sampling(
                        asked.temperature(),
                        asked.topP(),
                        asked.frequencyPenalty(),
                        asked.presencePenalty(),
                        asked.seed(),
                        asked.stop(),
                        effort(options.thinking()),
                        asked.format());
    }

    /** Levels of thinking as most providers know them; others are left to the provider. */
    private static Optional<String> effort(String thinking) {
        return switch (thinking) {
            case "minimal", "low", "medium", "high" -> Optional.of(thinking);
            case "xhigh", "max" -> Optional.of("high");
            default -> Optional.empty();
        };
    }
}
