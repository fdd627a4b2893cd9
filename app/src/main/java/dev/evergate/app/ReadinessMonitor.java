package dev.evergate.app;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps proving that messages can be accepted durably, and says so when asked.
 *
 * <p>A proof takes the way of a message: a task of its own, then the store's writer. The verdict is
 * computed when it is asked for, from the times of the proofs; so what hangs makes its proof old,
 * never the answer late (I14, I16).
 *
 * <p>How long is a hang? A disk whose every sync takes 500 ms is slow, not stuck: one commit stays
 * below {@link #STUCK_MS}. A proof that was begun may have to wait for the commit before its own
 * and gets twice that; but a writer that is busy with one group for {@link #STUCK_MS}, a loop that
 * does not come round or a task that is not even begun in that time is stuck: a message sent now
 * would wait as long.
 *
 * <p>Thread-safe; {@link #get} does not wait.
 */
final class ReadinessMonitor implements Component, Supplier<Readiness> {
    private static final Logger log = LoggerFactory.getLogger(ReadinessMonitor.class);

    private static final long LOOK_MS = 250;

    /** Between two proofs: each is a write to the disk. */
    private static final long PROOF_PERIOD_MS = 500;

    /** Whatever does not move for this long is stuck. */
    private static final long STUCK_MS = 1_000;

    /**
     * With less than this the next message may not fit, although a proof, which overwrites, does.
     */
    private static final long FREE_BYTES_MIN = 1 << 20;

    private static final String WRITER = "store-writer";

    private final World world;
    private final Store store;
    private final Supplier<Map<String, Long>> loopAgesMs;
    private final Supplier<List<String>> notices;
    private final Identity identity;
    private final long startedAtNanos;
    private volatile Phase phase = Phase.STARTING;
    private volatile String hindrance = "";
    private volatile long epoch;
    private volatile Look look;
    private volatile Proof proof;
    private volatile String storeFailure = "";
    private volatile List<String> lastFailing = List.of();

    /** What messages are kept in. */
    interface Store {
        /**
         * Commits a small write.
         *
         * @throws EvergateException if that is impossible
         */
        void proveWritable();

        /** Bytes that are free where it lies. */
        long freeBytes();
    }

    /** Which life of which gateway this is. */
    record Identity(String instance, long generation) {}

    /** What the timer saw of the loops, and when. */
    private record Look(long atNanos, Map<String, Long> agesMs) {}

    /** How far the newest proof has come. */
    private record Proof(Stage stage, long askedAtNanos) {
        private enum Stage {
            ASKED,
            BEGUN,
            ENDED
        }

        Proof at(Stage next) {
            return new Proof(next, askedAtNanos);
        }
    }

    ReadinessMonitor(
            World world,
            Store store,
            Supplier<Map<String, Long>> loopAgesMs,
            Supplier<List<String>> notices,
            Identity identity) {
        this.world = world;
        this.store = store;
        this.loopAgesMs = loopAgesMs;
        this.notices = notices;
        this.identity = identity;
        this.startedAtNanos = world.time().nanos();
        this.look = new Look(startedAtNanos, Map.of());
        this.proof = new Proof(Proof.Stage.ENDED, startedAtNanos);
    }

    @Override
    public String name() {
        return "readiness";
    }

    @Override
    public void start() {
        look = new Look(world.time().nanos(), Map.of());
        proof = new Proof(Proof.Stage.ENDED, world.time().nanos());
        var _ = world.timers().every(LOOK_MS, this::look);
    }

    /** Its rounds have ended with everybody's; what stays is the phase. */
    @Override
    public void stop(Deadline deadline) {}

    @Override
    public Readiness get() {
        long now = world.time().nanos();
        Phase current = phase;
        return new Readiness(
                current,
                identity.generation(),
                identity.instance(),
                epoch,
                failing(current, now),
                notices.get(),
                startedAtNanos,
                now);
    }

    /** Moves the verdict with the generation, before anything else happens. */
    void moved(Phase next) {
        phase = next;
    }

    /** Messages are not accepted for this reason as long as this generation lives. */
    void hindered(String reason) {
        hindrance = reason;
    }

    /** This generation writes under {@code epoch} from now on. */
    void leaseTaken(long newEpoch) {
        epoch = newEpoch;
    }

    /** How long the newest task has waited to be begun, in milliseconds; 0 if it has been. */
    long tasksAgeMs() {
        Proof newest = proof;
        return newest.stage() == Proof.Stage.ASKED
                ? millis(newest.askedAtNanos(), world.time().nanos())
                : 0;
    }

    private void look() {
        long now = world.time().nanos();
        look = new Look(now, loopAgesMs.get());
        Proof newest = proof;
        if (newest.stage() == Proof.Stage.ENDED
                && millis(newest.askedAtNanos(), now) >= PROOF_PERIOD_MS) {
            proof = new Proof(Proof.Stage.ASKED, now);
            world.tasks().start("prove-store", this::prove);
        }
        report(failing(phase, now));
    }

    private void report(List<String> failing) {
        if ((phase == Phase.RUNNING || phase == Phase.HANDING_OVER)
                && !failing.equals(lastFailing)) {
            log.warn(
                    "Readiness: {} (before: {}; loops {}; store: {})",
                    failing.isEmpty() ? "ready" : failing,
                    lastFailing.isEmpty() ? "ready" : lastFailing,
                    look.agesMs(),
                    storeFailure.isEmpty() ? "takes writes" : storeFailure);
            lastFailing = failing;
        }
    }

    private void prove() {
        proof = proof.at(Proof.Stage.BEGUN);
        try {
            store.proveWritable();
            long freeBytes = store.freeBytes();
            storeFailure =
                    freeBytes < FREE_BYTES_MIN
                            ? "the disk is full: %d bytes left".formatted(freeBytes)
                            : "";
        } catch (EvergateException e) {
            storeFailure = String.valueOf(e.getMessage());
        } finally {
            proof = proof.at(Proof.Stage.ENDED);
        }
    }

    private List<String> failing(Phase current, long now) {
        List<String> failing = new ArrayList<>();
        switch (current) {
            case STARTING, STANDBY -> failing.add("starting");
            case DRAINING, STOPPED -> {
                return List.of("gateway-draining"); // nothing is proven any more
            }
            case RUNNING, HANDING_OVER -> {}
        }
        if (!hindrance.isEmpty()) {
            failing.add(hindrance);
        }
        if (isStoreFailing(now)) {
            failing.add("state-database");
        }
        if (isAdmissionStuck(now)) {
            failing.add("admission");
        }
        return failing;
    }

    private boolean isStoreFailing(long now) {
        Proof newest = proof;
        boolean isOverdue =
                newest.stage() == Proof.Stage.BEGUN
                        && millis(newest.askedAtNanos(), now) > 2 * STUCK_MS;
        return !storeFailure.isEmpty()
                || isOverdue
                || look.agesMs().getOrDefault(WRITER, 0L) > STUCK_MS;
    }

    private boolean isAdmissionStuck(long now) {
        Look newest = look;
        return millis(newest.atNanos(), now) > STUCK_MS
                || tasksAgeMs() > STUCK_MS
                || newest.agesMs().entrySet().stream()
                        .anyMatch(
                                loop ->
                                        !loop.getKey().equals(WRITER)
                                                && loop.getValue() > STUCK_MS);
    }

    private static long millis(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1_000_000;
    }
}
