package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.config.ConfigSnapshot.Provider;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which model answers in a conversation. Pure functions. */
public final class ModelChoice {
    /** From none to most; what a model does not know it takes as the nearest. */
    public static final List<String> THINKING_LEVELS =
            List.of("off", "minimal", "low", "medium", "high", "xhigh");

    private ModelChoice() {}

    /** What was settled for the conversation, as long as it is configured. */
    public static Optional<ModelRef> settled(Session session, ConfigSnapshot config) {
        return session.details()
                .text(SessionDetails.Text.MODEL)
                .flatMap(ModelRef::parse)
                .filter(ref -> isConfigured(ref, config));
    }

    /** The model that is asked first; empty if none is configured. */
    public static Optional<ModelRef> of(Session session, ConfigSnapshot config) {
        return settled(session, config).or(() -> config.agents().primary());
    }

    /** How a message is to be answered: as its sender says, then as the conversation has it. */
    static MessageOptions options(Session session, MessageOptions asked, ConfigSnapshot config) {
        return asked.orModel(settled(session, config).map(ModelRef::toString).orElse(""))
                .orThinking(session.details().text(SessionDetails.Text.THINKING_LEVEL).orElse(""));
    }

    /**
     * The model somebody means by {@code provider/model}, or by the model's name alone where only
     * one provider has it.
     *
     * @throws EvergateException INVALID_REQUEST if it is not configured; names those that are
     */
    public static ModelRef named(String name, ConfigSnapshot config) {
        Optional<ModelRef> whole = ModelRef.parse(name).filter(ref -> isConfigured(ref, config));
        if (whole.isPresent()) {
            return whole.get();
        }
        List<ModelRef> known = configured(config);
        List<ModelRef> alike = known.stream().filter(ref -> ref.model().equals(name)).toList();
        if (alike.size() == 1) {
            return alike.getFirst();
        }
        throw new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "model \"%s\" is not configured (expected one of: %s)"
                        .formatted(
                                name,
                                String.join(
                                        ", ", known.stream().map(ModelRef::toString).toList())));
    }

    /** Every model that is configured by name, in alphabetical order of providers. */
    public static List<ModelRef> configured(ConfigSnapshot config) {
        return config.providers().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(
                        entry ->
                                entry.getValue().models().stream()
                                        .map(model -> new ModelRef(entry.getKey(), model.id())))
                .toList();
    }

    /** A provider that lists no models may have any. */
    private static boolean isConfigured(ModelRef ref, ConfigSnapshot config) {
        List<ConfigSnapshot.Model> models =
                config.provider(ref).map(Provider::models).orElse(List.of());
        return config.agents().primary().equals(Optional.of(ref))
                || (config.provider(ref).isPresent() && models.isEmpty())
                || models.stream().anyMatch(model -> model.id().equals(ref.model()));
    }
}
