package dev.evergate.app.config;

import dev.evergate.core.config.plan.Effect;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;
import dev.evergate.server.spi.Configs.Restart;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether another process is needed for what is in force: as long as a value that only a start can
 * take differs from the one this process started with. A change that is taken back before the
 * restart begins takes the need away with it.
 *
 * <p>Not thread-safe: one job of the desk at a time.
 */
final class RestartNeed {
    private static final Logger log = LoggerFactory.getLogger(RestartNeed.class);

    /** Time to think again. */
    private static final long DELAY_MS = 1_000;

    private final World world;
    private final InForce started;
    private final Supplier<InForce> now;
    private final Consumer<Runnable> later;
    private Optional<InForce> asked = Optional.empty();
    private Optional<Restart> coming = Optional.empty();
    private Timers.Timer timer = () -> {};

    /**
     * @param started what this process was started with
     * @param later does a job of the desk
     */
    RestartNeed(World world, InForce started, Supplier<InForce> now, Consumer<Runnable> later) {
        this.world = world;
        this.started = started;
        this.now = now;
        this.later = later;
    }

    /**
     * Compares, and sees to it that a restart comes if there is a new need for one.
     *
     * @return the restart that is to come
     */
    Optional<Restart> look(NextGeneration next, OptionalLong delayMs) {
        Plan need = between(started);
        boolean isNew = asked.isEmpty() || !between(asked.get()).isEmpty();
        if (need.isEmpty()) {
            forget();
        } else if (isNew) {
            timer.cancel();
            long inMs = delayMs.orElse(DELAY_MS);
            String reason = "config %d: %s".formatted(now.get().number(), need);
            coming = Optional.of(new Restart(next.ownerPid(), reason, inMs));
            asked = Optional.of(now.get());
            timer = world.timers().after(inMs, () -> later.accept(() -> ask(next, reason)));
        }
        return coming;
    }

    private void ask(NextGeneration next, String reason) {
        if (coming.isEmpty()) {
            return;
        }
        coming = Optional.empty();
        log.info("A restart is needed: {}", reason);
        try {
            next.want(now.get().snapshot(), reason);
        } catch (EvergateException e) {
            log.warn("The restart cannot be asked for: {}", e.getMessage());
        }
    }

    /** Nothing is needed any more. */
    void forget() {
        timer.cancel();
        coming = Optional.empty();
        asked = Optional.empty();
    }

    /** What differs from then and takes a restart; empty if nothing is still wanted. */
    Plan between(InForce then) {
        Plan all = Plan.between(then.effective(), now.get().effective(), ConfigSchema::effect);
        return new Plan(
                all.changes().stream()
                        .filter(change -> change.effect() == Effect.RESTART)
                        .toList());
    }

    /** The keys that only a restart brings into force, for people; empty if there are none. */
    String keys() {
        return between(started).changes().stream()
                .map(change -> change.path().toString())
                .collect(Collectors.joining(", "));
    }
}
