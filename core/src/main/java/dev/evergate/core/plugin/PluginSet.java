package dev.evergate.core.plugin;

import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What one configuration loaded from plugins. Immutable and thread-safe. */
public final class PluginSet {
    private static final Logger log = LoggerFactory.getLogger(PluginSet.class);

    /** What one plugin may take; a gateway that waits for it does not serve anybody. */
    private static final long LOAD_MS = 3_000;

    private final Map<String, ModelProvider> providers;
    private final List<ConfigProblem> problems;

    private PluginSet(Map<String, ModelProvider> providers, List<ConfigProblem> problems) {
        this.providers = Map.copyOf(providers);
        this.problems = List.copyOf(problems);
    }

    /**
     * Opens every configured provider. One that nobody can open, or not in time, becomes a problem
     * and hurts no other. Blocks; belongs on the thread that starts the process.
     *
     * @param factories each made when it is asked for, which may fail or hang
     */
    public static PluginSet of(
            World world,
            ConfigSnapshot config,
            List<? extends Supplier<? extends ModelProviderFactory>> factories) {
        List<ConfigProblem> problems = new ArrayList<>();
        Map<String, ModelProviderFactory> byApi = new ConcurrentHashMap<>();
        for (Supplier<? extends ModelProviderFactory> made : factories) {
            Attempt loaded =
                    attempt(
                            world,
                            () -> {
                                ModelProviderFactory factory = made.get();
                                byApi.put(factory.api(), factory);
                            });
            problem(loaded)
                    .ifPresent(what -> problems.add(new ConfigProblem("", "A plugin " + what)));
        }
        Map<String, ModelProvider> opened = new ConcurrentHashMap<>();
        for (Map.Entry<String, ConfigSnapshot.Provider> named : config.providers().entrySet()) {
            ConfigSnapshot.Provider provider = named.getValue();
            String path = "models.providers." + named.getKey();
            ModelProviderFactory factory = byApi.get(provider.api());
            if (factory == null) {
                problems.add(
                        new ConfigProblem(
                                path + ".api",
                                "\"%s\" (expected: one of %s)"
                                        .formatted(provider.api(), new TreeSet<>(byApi.keySet()))));
                continue;
            }
            Attempt attempt =
                    attempt(
                            world,
                            () -> opened.put(named.getKey(), factory.open(provider.settings())));
            problem(attempt)
                    .ifPresent(what -> problems.add(new ConfigProblem(path, "its plugin " + what)));
        }
        return new PluginSet(opened, problems);
    }

    private static Attempt attempt(World world, Attempt.Work work) {
        try {
            return world.attempt("plugin", world.time().deadlineIn(LOAD_MS), work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever starts us does not want us any more
            return new Attempt.Failed(e);
        }
    }

    private static Optional<String> problem(Attempt attempt) {
        return switch (attempt) {
            case Attempt.Done() -> Optional.empty();
            case Attempt.Failed(var cause) -> {
                log.error("A plugin cannot be used", cause);
                yield Optional.of("cannot be used: " + cause);
            }
            case Attempt.Overdue(var stack) -> {
                log.error("A plugin has not been ready after {} ms; it stands{}", LOAD_MS, stack);
                yield Optional.of(
                        "was not ready after " + LOAD_MS + " ms; the log says where it stands");
            }
        };
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
