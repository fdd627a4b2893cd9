package dev.evergate.core.plugin;

import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What one configuration loaded from plugins. Immutable and thread-safe. */
public final class PluginSet {
    private final Map<String, ModelProvider> providers;
    private final List<ConfigProblem> problems;

    private PluginSet(Map<String, ModelProvider> providers, List<ConfigProblem> problems) {
        this.providers = Map.copyOf(providers);
        this.problems = List.copyOf(problems);
    }

    /**
     * Opens every configured provider. One that nobody can open becomes a problem and hurts no
     * other.
     */
    public static PluginSet of(ConfigSnapshot config, Iterable<ModelProviderFactory> factories) {
        Map<String, ModelProviderFactory> byApi = new HashMap<>();
        factories.forEach(factory -> byApi.put(factory.api(), factory));
        Map<String, ModelProvider> opened = new HashMap<>();
        List<ConfigProblem> problems = new ArrayList<>();
        config.providers()
                .forEach(
                        (id, provider) -> {
                            ModelProviderFactory factory = byApi.get(provider.api());
                            if (factory == null) {
                                problems.add(
                                        new ConfigProblem(
                                                "models.providers." + id + ".api",
                                                "\"%s\" (expected: one of %s)"
                                                        .formatted(
                                                                provider.api(),
                                                                new TreeSet<>(byApi.keySet()))));
                            } else {
                                opened.put(id, factory.open(provider.settings()));
                            }
                        });
        return new PluginSet(opened, problems);
    }

    /** The provider with this configured name. */
    public Optional<ModelProvider> provider(String id) {
        return Optional.ofNullable(providers.get(id));
    }

    /** Providers that could not be opened, and why. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
