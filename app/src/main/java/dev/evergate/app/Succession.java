package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.Outcome;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Restarts without a keeper: another assembly is built and rehearsed beside the one that serves, in
 * the same process, and takes its place.
 *
 * <p>Sockets are not passed on, on any system: the port is gone between release and rebind, and
 * connections are closed with 1012 once the other assembly serves. Turns that run go on where they
 * are, and what they say reaches the clients of the other one. Thread-safe.
 */
final class Succession {
    private static final Logger log = LoggerFactory.getLogger(Succession.class);

    /** As long as a keeper gives. */
    private static final long DRAIN_MS = 120_000;

    private static final long LOOK_MS = 10;

    /** Somebody serves already when clients are told. */
    private static final long EXPECTED_MS = 1;

    /** Longer than changing places can take: a bind, and a commit of the store. */
    private static final long CHANGE_MS = 6_000;

    private static final long GONE_MS = 3_000;

    private static final String ABORTED = "aborted";

    private static final int WISHES_MAX = 64;

    private final RealWorld world;
    private final RestartDesk desk;
    private final Place place;
    private final Semaphore change = new Semaphore(1);
    private final Semaphore end = new Semaphore(1);
    private final AtomicReference<Optional<LiveGateway>> former =
            new AtomicReference<>(Optional.empty());
    private final List<Wish> wishes = new ArrayList<>();
    private boolean isUnderWay;
    private volatile Deadline endBy = new Deadline(0);

    /** Somebody wants a restart. */
    record Wish(String reason, String requestId) {}

    /** The process in which one assembly follows the other; called from a thread of its own. */
    interface Place {
        Built serving();

        Built build(Door.Life life) throws Exception;

        /** That assembly serves from now on. */
        void taken(Built by);

        /** Everything is as it was. */
        void stayed();

        /** Nobody can serve any more. */
        void lost(EvergateException why);
    }

    Succession(RealWorld world, RestartDesk desk, Place place) {
        this.world = world;
        this.desk = desk;
        this.place = place;
    }

    /**
     * Begins a restart. One that comes while another has not changed places joins it; a later one
     * begins when the assembly before is gone. Does not wait.
     */
    void want(Wish wish) {
        synchronized (wishes) {
            if (wishes.size() < WISHES_MAX) {
                wishes.add(wish);
            }
            if (isUnderWay) {
                return;
            }
            isUnderWay = true;
        }
        world.startApart("restart", this::restartWhileWanted);
    }

    private void restartWhileWanted() {
        String cause = nextCause();
        while (!cause.isEmpty()) {
            restart(cause);
            cause = nextCause();
        }
    }

    /** Whether somebody's wish has not been dealt with to its end. */
    boolean isUnderWay() {
        synchronized (wishes) {
            return isUnderWay;
        }
    }

    /** Empty when nobody wants another. */
    private String nextCause() {
        synchronized (wishes) {
            isUnderWay = !wishes.isEmpty();
            return isUnderWay ? wishes.getFirst().reason() : "";
        }
    }

    /**
     * From now on nobody changes places any more; waits for a change that is under way. What drains
     * beside whoever serves is to end by the deadline.
     *
     * @return who serves
     */
    Built settle(Deadline deadline) throws InterruptedException {
        endBy = deadline;
        if (!change.tryAcquire(CHANGE_MS, TimeUnit.MILLISECONDS)) {
            log.warn("A restart is still changing places, against all expectation");
        }
        return place.serving();
    }

    /** Waits until nothing drains any more beside whoever served last, 3 s at most. */
    void awaitGone() throws InterruptedException {
        if (!end.tryAcquire(GONE_MS, TimeUnit.MILLISECONDS)) {
            log.warn("The assembly before has not ended");
        }
    }

    private void restart(String cause) {
        var notes = new Notes(cause, place.serving().assembly().life());
        log.info("Generation {} is tried beside generation {}: {}", notes.to, notes.from, cause);
        GatewayAssembly from = place.serving().assembly();
        Optional<Built> taken = take(from, notes);
        if (taken.isEmpty()) {
            return;
        }
        try {
            tellCommandLine(taken.get());
            answer(true, notes.to, "");
            end(from, taken.get().assembly(), notes);
            desk.report(notes.fields(RestartReport.COMMITTED, ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // the boundary: the next restart is not to suffer
            log.error("Generation {} has not ended as it should", notes.from, e);
        } finally {
            end.release();
        }
    }

    /** Builds one that takes the place; empty if that failed, and everything is as it was. */
    private Optional<Built> take(GatewayAssembly from, Notes notes) {
        try {
            Built to = place.build(notes.life());
            notes.step("launch");
            rehearse(to, notes);
            change(from, to, notes);
            return Optional.of(to);
        } catch (EvergateException e) {
            refused(notes, String.valueOf(e.getMessage()));
        } catch (Throwable e) { // the boundary: a restart that fails costs nothing but itself
            log.error("The restart failed", e);
            refused(notes, "The restart failed: " + e + ". The log has the details.");
        }
        return Optional.empty();
    }

    private void rehearse(Built to, Notes notes) throws Exception {
        try {
            to.rehearse(world);
        } catch (EvergateException e) {
            to.assembly().discard();
            throw e;
        }
        to.assembly().start();
        notes.step("rehearse");
    }

    private static void tellCommandLine(Built to) {
        try {
            to.assembly().writeAccess(to.state());
        } catch (IOException e) {
            log.warn("Cannot tell the command line where we listen: {}", e.toString());
        }
    }

    private void refused(Notes notes, String why) {
        place.stayed();
        answer(false, notes.from, why);
        desk.report(notes.fields(ABORTED, why));
    }

    private void answer(boolean isGranted, long generation, String message) {
        List<Wish> answered;
        synchronized (wishes) {
            answered = List.copyOf(wishes);
            wishes.clear();
        }
        answered.forEach(
                wish ->
                        desk.outcome(
                                new Outcome(wish.requestId(), isGranted, generation, message)));
    }

    private void change(GatewayAssembly from, Built to, Notes notes) {
        if (!change.tryAcquire()) {
            to.assembly().giveUp();
            throw new EvergateException(ErrorCode.UNAVAILABLE, "the gateway ends");
        }
        boolean hasChanged = false;
        try {
            boolean _ = end.tryAcquire(); // Nobody waits for it before a change is impossible.
            var _ = from.gateway().pause();
            long releasedNanos = world.time().nanos();
            from.release();
            try {
                to.assembly().moved(Phase.RUNNING);
                to.assembly().listen();
                notes.note("portGoneUs", (world.time().nanos() - releasedNanos) / 1_000);
                notes.step("handOver");
                enter(from, to.assembly());
            } catch (EvergateException e) {
                to.assembly().release();
                takeBack(from); // before anything that may take time
                to.assembly().giveUp();
                throw e;
            }
            notes.step("commit");
            place.taken(to);
            hasChanged = true;
        } finally {
            if (!hasChanged) {
                end.release();
            }
            change.release();
        }
    }

    /** The lease, what waits and what runs; from here on the place is taken. */
    private void enter(GatewayAssembly from, GatewayAssembly to) {
        EventFeed.Subscription said = from.gateway().events().subscribe(to.gateway()::hear);
        former.set(Optional.of(from.gateway()));
        try {
            var _ = to.enter(from.gateway().pause(), this::stopInFormer);
            from.handOverSuspension();
        } catch (EvergateException e) {
            said.close();
            throw e;
        }
        from.gateway().leaveTo(to.gateway()::accepted);
    }

    private void stopInFormer(String runId) {
        former.get().ifPresent(gateway -> gateway.stop(runId));
    }

    /** Listens again, where the next one cannot. */
    void takeBack(GatewayAssembly from) {
        try {
            from.listen();
            from.goOn();
        } catch (EvergateException e) {
            place.lost(e);
        }
    }

    /** Closes what is left of the assembly before, when its turns have ended. */
    private void end(GatewayAssembly from, GatewayAssembly to, Notes notes)
            throws InterruptedException {
        notes.note("turns", from.running());
        from.moved(Phase.DRAINING);
        from.announce(EXPECTED_MS);
        Deadline deadline = world.time().deadlineIn(DRAIN_MS);
        while (from.running() + from.requests() > 0
                && !deadline.hasPassed(world.time())
                && !isOver()) {
            world.pause(LOOK_MS);
        }
        notes.step("drain");
        StopReport stopped = from.stop(0, EXPECTED_MS);
        log.info("Generation {} has ended: {}", notes.from, stopped);
        from.close();
        former.set(Optional.empty()); // or each would remember all before it
        to.gateway().predecessorGone();
        notes.step("end");
    }

    private boolean isOver() {
        Deadline by = endBy;
        return by.nanos() != 0 && by.hasPassed(world.time());
    }

    /** What becomes of one restart, step by step; as a keeper reports it. */
    private final class Notes {
        final long from;
        final long to;
        private final Door.Life life;
        private final String cause;
        private final long requestedAtMs = world.time().wallMillis();
        private final long beganNanos = world.time().nanos();
        private final Map<String, String> fields = new TreeMap<>();
        private long stepNanos = beganNanos;

        Notes(String cause, Door.Life before) {
            this.cause = cause;
            this.from = before.generation();
            this.to = from + 1;
            this.life = new Door.Life(before.instance(), to, 0, from, before.mode());
        }

        Door.Life life() {
            return life;
        }

        void step(String name) {
            long nowNanos = world.time().nanos();
            note(name + "Ms", (nowNanos - stepNanos) / 1_000_000);
            stepNanos = nowNanos;
        }

        void note(String name, long value) {
            fields.put(name, Long.toString(value));
        }

        Map<String, String> fields(String result, String why) {
            note("from", from);
            note("to", to);
            note("requestedAtMs", requestedAtMs);
            note("totalMs", (world.time().nanos() - beganNanos) / 1_000_000);
            fields.put("cause", cause);
            fields.put("result", result);
            fields.put("why", why);
            return fields;
        }
    }
}
