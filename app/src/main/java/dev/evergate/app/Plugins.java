package dev.evergate.app;

import dev.evergate.api.ModelProviderFactory;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What plugins offer to this process. Each factory is made when it is first asked for and then kept
 * for the life of the process: assemblies and configurations come and go, and what a factory holds
 * (connections, threads) is shared by them and not left behind. Thread-safe.
 */
final class Plugins {
    private final List<Supplier<ModelProviderFactory>> modelProviders;

    private Plugins(List<Supplier<ModelProviderFactory>> modelProviders) {
        this.modelProviders = List.copyOf(modelProviders);
    }

    /** Finds what is installed, and loads none of it yet. */
    static Plugins installed() {
        return new Plugins(
                ServiceLoader.load(ModelProviderFactory.class).stream()
                        .map(Plugins::once)
                        .toList());
    }

    /** One may fail or hang; without a lock that costs only whoever asked. */
    private static Supplier<ModelProviderFactory> once(
            Supplier<? extends ModelProviderFactory> plugin) {
        var made = new AtomicReference<Optional<ModelProviderFactory>>(Optional.empty());
        return () -> {
            Optional<ModelProviderFactory> before = made.get();
            if (before.isEmpty()) {
                made.compareAndSet(before, Optional.of(plugin.get()));
            }
            return made.get().orElseThrow();
        };
    }

    List<Supplier<ModelProviderFactory>> modelProviders() {
        return modelProviders;
    }
}
