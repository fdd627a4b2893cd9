package dev.evergate.core.plugin;

import static java.util.Objects.requireNonNull;

import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What one configuration loaded from plugins. Thread-safe.
 *
 * <p>Whoever made it has it until {@link #release}; a turn {@link #hold}s it as long as it runs.
 * When nobody has it any more its providers are closed, except those that another set shares.
 */
public final class PluginSet {
    private static final Logger log = LoggerFactory.getLogger(PluginSet.class);

    /** What one plugin may take; a gateway that waits for it does not serve anybody. */
    private static final long LOAD_MS = 3_000;

    private final World world;
    private final Map<String, ModelProviderFactory> factories;
    private final Map<String, Opened> opened;
    private final List<ConfigProblem> problems;
    private final AtomicInteger holders = new AtomicInteger(1);

    private PluginSet(
            World world,
            Map<String, ModelProviderFactory> factories,
            Map<String, Opened> opened,
            List<ConfigProblem> problems) {
        this.world = world;
        this.factories = Map.copyOf(factories);
        this.opened = Map.copyOf(opened);
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
        return new PluginSet(world, byApi, Map.of(), problems).open(config, problems);
    }

    /**
     * Opens what another configuration needs, beside this set, which must be held. A provider whose
     * settings are the same is the same object in both. Blocks.
     */
    public PluginSet next(ConfigSnapshot config) {
        return open(config, problems.stream().filter(each -> each.path().isEmpty()).toList());
    }

    private PluginSet open(ConfigSnapshot config, List<ConfigProblem> known) {
        List<ConfigProblem> found = new ArrayList<>(known);
        Map<String, Opened> providers = new HashMap<>();
        for (Map.Entry<String, ConfigSnapshot.Provider> named : config.providers().entrySet()) {
            ConfigSnapshot.Provider wanted = named.getValue();
            Opened before = opened.get(named.getKey());
            if (before != null && before.fits(wanted)) {
                providers.put(named.getKey(), before.share());
            } else {
                open(named.getKey(), wanted, found)
                        .ifPresent(provider -> providers.put(named.getKey(), provider));
            }
        }
        return new PluginSet(world, factories, providers, found);
    }

    private Optional<Opened> open(
            String id, ConfigSnapshot.Provider wanted, List<ConfigProblem> found) {
        String path = "models.providers." + id;
        ModelProviderFactory factory = factories.get(wanted.api());
        if (factory == null) {
            found.add(
                    new ConfigProblem(
                            path + ".api",
                            "\"%s\" (expected: one of %s)"
                                    .formatted(wanted.api(), new TreeSet<>(factories.keySet()))));
            return Optional.empty();
        }
        var provider = new AtomicReference<ModelProvider>();
        Attempt attempt =
                attempt(world, () -> provider.set(requireNonNull(factory.open(wanted.settings()))));
        problem(attempt)
                .ifPresent(what -> found.add(new ConfigProblem(path, "its plugin " + what)));
        return attempt instanceof Attempt.Done
                ? Optional.of(new Opened(id, wanted, requireNonNull(provider.get())))
                : Optional.empty();
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
        return Optional.ofNullable(opened.get(id)).map(Opened::provider);
    }

    /** Providers that could not be opened, and why. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    /** Keeps it open until a {@link #release} more; false if it has been closed. */
    public boolean hold() {
        return holders.getAndUpdate(now -> now == 0 ? 0 : now + 1) > 0;
    }

    /** Somebody who had it does not need it any more. Does not wait for plugins. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            opened.values().forEach(each -> each.giveUp(world));
        }
    }
}
