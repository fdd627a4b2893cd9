package dev.evergate.app;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers.Timer;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Keeps proving that messages can be accepted durably, and publishes the verdict.
 *
 * <p>Thread-safe. Reading the verdict never waits: a store that hangs makes its proof old, not the
 * answer late.
 */
final class ReadinessMonitor implements Component, Supplier<Readiness> {
    private static final Logger log = LoggerFactory.getLogger(ReadinessMonitor.class);

    private static final long LOOK_MS = 250;

    /**
     * A proof older than this proves nothing; shorter than the five seconds after which health may
     * not be quoted (I14).
     */
    private static final long PROOF_MAX_MS = 3_000;

    /** Between two proofs: each is a write to the disk. */
    private static final long PROOF_PERIOD_MS = 1_000;

    private final World world;
    private final Journal journal;
    private final List<String> notices;
    private final Identity identity;
    private final long startedAtNanos;
    private final AtomicBoolean proving = new AtomicBoolean();
    private volatile Phase phase = Phase.STARTING;
    private volatile String hindrance = "";
    private volatile long epoch;
    private volatile long provenAtNanos;
    private volatile String storeFailure = "";
    private volatile Readiness verdict;
    private Optional<Timer> looking = Optional.empty();
    private long askedAtNanos;

    /** Which life of which gateway this is. */
    record Identity(String instance, long generation) {}

    ReadinessMonitor(World world, Journal journal, List<String> notices, Identity identity) {
        this.world = world;
        this.journal = journal;
        this.notices = List.copyOf(notices);
        this.identity = identity;
        this.startedAtNanos = world.time().nanos();
        this.provenAtNanos = startedAtNanos;
        this.askedAtNanos = provenAtNanos;
        this.verdict = compute();
    }

    @Override
    public String name() {
        return "readiness";
    }

    @Override
    public void start() {
        looking = Optional.of(world.timers().every(LOOK_MS, this::look));
    }

    @Override
    public void stop(Deadline deadline) {
        looking.ifPresent(Timer::cancel);
    }

    @Override
    public Readiness get() {
        return verdict;
    }

    /** Moves the verdict with the generation, before anything else happens. */
    void moved(Phase next) {
        phase = next;
        verdict = compute();
    }

    /** Messages are not accepted for this reason as long as this generation lives. */
    void hindered(String reason) {
        hindrance = reason;
        verdict = compute();
    }

    /** This generation writes under {@code epoch} from now on. */
    void leaseTaken(long newEpoch) {
        epoch = newEpoch;
    }

    private void look() {
        long now = world.time().nanos();
        if ((now - askedAtNanos) / 1_000_000 >= PROOF_PERIOD_MS
                && proving.compareAndSet(false, true)) {
            askedAtNanos = now;
            world.tasks().start("prove-store", this::prove);
        }
        verdict = compute();
    }

    private void prove() {
        try {
            journal.proveWritable();
            provenAtNanos = world.time().nanos();
            if (!storeFailure.isEmpty()) {
                log.info("The store takes writes again");
                storeFailure = "";
            }
        } catch (EvergateException e) {
            if (storeFailure.isEmpty()) {
                log.error("The store takes no writes: {}", e.getMessage());
            }
            storeFailure = e.getMessage();
        } finally {
            proving.set(false);
            verdict = compute();
        }
    }

    private Readiness compute() {
        long now = world.time().nanos();
        List<String> failing = new ArrayList<>();
        switch (phase) {
            case STARTING, STANDBY -> failing.add("starting");
            case DRAINING, STOPPED -> failing.add("gateway-draining");
            case RUNNING -> {}
        }
        if (!hindrance.isEmpty()) {
            failing.add(hindrance);
        }
        if (!storeFailure.isEmpty() || (now - provenAtNanos) / 1_000_000 > PROOF_MAX_MS) {
            failing.add("state-database");
        }
        return new Readiness(
                phase,
                identity.generation(),
                identity.instance(),
                epoch,
                failing,
                notices,
                startedAtNanos,
                now);
    }
}
