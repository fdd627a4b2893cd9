package dev.evergate.core.plugin;

import dev.evergate.api.ModelProvider;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider that was opened, and how many sets of plugins have it. Thread-safe.
 *
 * <p>The one that gives it up last closes it.
 */
final class Opened {
    private static final Logger log = LoggerFactory.getLogger(Opened.class);

    /** A plugin that takes longer to close goes on without anybody waiting for it. */
    private static final long CLOSE_MS = 3_000;

    private final String id;
    private final ConfigSnapshot.Provider settings;
    private final ModelProvider provider;
    private final AtomicInteger sets = new AtomicInteger(1);

    /**
     * @param settings it was opened with
     */
    Opened(String id, ConfigSnapshot.Provider settings, ModelProvider provider) {
        this.id = id;
        this.settings = settings;
        this.provider = provider;
    }

    /** Whether it is what these settings would open. */
    boolean fits(ConfigSnapshot.Provider wanted) {
        return settings.settings().equals(wanted.settings()) && settings.api().equals(wanted.api());
    }

    ModelProvider provider() {
        return provider;
    }

    /** One more set has it; the caller has it through a set that is open. */
    Opened share() {
        int _ = sets.incrementAndGet();
        return this;
    }

    /** A set does not have it any more. Does not wait for the plugin. */
    void giveUp(World world) {
        if (sets.decrementAndGet() == 0) {
            world.tasks().start("close-" + id, () -> close(world));
        }
    }

    private void close(World world) {
        try {
            switch (world.attempt("plugin", world.time().deadlineIn(CLOSE_MS), provider::close)) {
                case Attempt.Done() -> log.debug("Provider {} is closed", id);
                case Attempt.Failed(var cause) ->
                        log.warn("Provider {} cannot be closed: {}", id, cause.toString());
                case Attempt.Overdue(var stack) ->
                        log.warn("Provider {} does not close; it stands{}", id, stack);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
