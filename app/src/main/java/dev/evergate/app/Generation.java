package dev.evergate.app;

import dev.evergate.app.handover.Handover;
import dev.evergate.app.observe.GenerationLog;
import dev.evergate.app.observe.LifeEvent;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.PeerSocket;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One numbered life of the gateway, from hello to goodbye. Everything it owns is fenced by its
 * epoch.
 *
 * <p>The main thread takes one event after the other, lets {@link Phase} decide and carries the
 * decision out; whatever may take long (building, draining) is a task that reports back, so that a
 * stop is heard at any moment. Not thread-safe: {@link #run} is called once; only the door calls in
 * from other threads.
 */
final class Generation implements Door.Asked {
    private static final Logger log = LoggerFactory.getLogger(Generation.class);

    private static final long BEAT_MS = 250;

    /** What a restart takes as a rule; clients wait that long before they come back. */
    private static final long RESTART_EXPECTED_MS = 1_500;

    /** The part of a stop's budget that is kept for everything after the turns. */
    private static final long STOP_RESERVE_MS = 2_000;

    /** Between the end of our budget and being killed: enough to say goodbye. */
    private static final long GOODBYE_MS = 250;

    /** More news than a life can bring; of a storm of requests the first ones say everything. */
    private static final int NEWS_MAX = 256;

    private static final Door.StopRequest FAILURE =
            new Door.StopRequest(0, ExitCode.UNEXPECTED, Door.Next.NOBODY, "it cannot serve");

    private final Map<String, String> environment;
    private final Launch launch;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>(NEWS_MAX);
    private final RealWorld world = new RealWorld(new FaultHandler());
    private final Door door;
    private final RestartDesk restarts;
    private final Seat seat;
    private final Succession succession;

    private Phase phase = Phase.STARTING;
    private Door.StopRequest ending = FAILURE;
    private @Nullable EvergateException failure;
    private @Nullable Offer offer;
    private @Nullable Handover handover;
    private volatile @Nullable Entry entry;
    private volatile @Nullable GenerationLog lines;
    private long overdueAtNanos;
    private @Nullable ExitCode exit;

    /** Something the main thread has to hear. */
    private sealed interface News {
        record Assembled(Built built) implements News {}

        record Happened(Phase.Event event) implements News {}

        record Failed(EvergateException why) implements News {}

        record Ending(Phase.Event event, Door.StopRequest request) implements News {}

        record Offered(Offer offer) implements News {}

        record Called(Entry entry) implements News {}

        record Again(Succession.Wish wish) implements News {}

        record Succeeded(Built by) implements News {}

        record Reload() implements News {}
    }

    /** A successor that is ready to take over. */
    private record Offer(PeerSocket successor, long deadlineMs) {}

    Generation(Map<String, String> environment) {
        this.environment = environment;
        this.launch = Launch.ofThisProcess(KeeperDoor.isOffered(environment));
        this.restarts = new RestartDesk(world, this::door);
        this.seat = new Seat(by -> post(new News.Succeeded(by)), why -> post(new News.Failed(why)));
        this.succession = new Succession(world, restarts, seat);
        this.door =
                KeeperDoor.isOffered(environment)
                        ? KeeperDoor.knock(environment, this, restarts)
                        : new OwnDoor(world.ids(), this);
    }

    private Door door() {
        return door;
    }

    @Override
    public void stop(Door.StopRequest request) {
        var _ = news.offer(new News.Ending(Phase.Event.STOP_REQUESTED, request));
    }

    @Override
    public void keeperLost(Door.StopRequest request) {
        var _ = news.offer(new News.Ending(Phase.Event.KEEPER_LOST, request));
    }

    @Override
    public void again(Succession.Wish wish) {
        post(new News.Again(wish));
    }

    @Override
    public void reload() {
        post(new News.Reload());
    }

    @Override
    public void give(PeerSocket successor, long deadlineMs) {
        post(new News.Offered(new Offer(successor, deadlineMs)));
    }

    @Override
    public void take(Optional<PeerSocket> predecessor, long deadlineMs) {
        Entry under = entry;
        if (under == null) {
            Entry first = new Entry(predecessor, deadlineMs);
            entry = first;
            post(new News.Called(first));
        } else {
            under.goAlone();
        }
    }

    @Override
    public void abort(String reason) {
        log.warn("The hand-over is off: {}", reason);
        post(new News.Happened(Phase.Event.HAND_OVER_ABORTED));
    }

    /**
     * Serves until asked to stop; returns the code to exit with. Why it cannot serve is told
     * through the door.
     */
    ExitCode run(List<String> words) throws InterruptedException {
        try {
            task("build", () -> post(new News.Assembled(build(words))));
            while (exit == null) {
                News next = nextNews();
                hear(next == null ? new News.Happened(Phase.Event.OVERDUE) : next);
            }
            return exit;
        } finally {
            world.close();
        }
    }

    /** Null when the time for the end is over. */
    private @Nullable News nextNews() throws InterruptedException {
        return phase == Phase.DRAINING
                ? news.poll(overdueAtNanos - world.time().nanos(), TimeUnit.NANOSECONDS)
                : news.take();
    }

    private void hear(News next) {
        switch (next) {
            case News.Assembled(var parts) -> {
                seat.sit(parts);
                happen(Phase.Event.BUILT);
            }
            case News.Happened(var event) -> happen(event);
            case News.Failed(var why) -> {
                failure = why;
                happen(Phase.Event.FAILED);
            }
            case News.Ending(var event, var request) -> {
                ending = request;
                log.info(LifeEvent.STOPPING, "Asked to end: {}", request.reason());
                happen(event);
            }
            case News.Offered(var to) -> {
                offer = to;
                happen(Phase.Event.HAND_OVER_WANTED);
            }
            case News.Called _ -> happen(Phase.Event.CALLED);
            case News.Again(var wish) -> {
                if (phase == Phase.RUNNING) { // Otherwise it starts, or ends, as was wanted.
                    succession.want(wish);
                }
            }
            case News.Succeeded(var by) -> {
                by.moved(phase);
                by.open();
            }
            case News.Reload _ -> seat.find().ifPresent(parts -> parts.desk().reload());
        }
    }

    private void happen(Phase.Event event) {
        Phase.Next next = phase.next(event);
        if (next.phase() != phase) {
            log.info(LifeEvent.PHASE, "Phase {} -> {} ({})", phase, next.phase(), event);
            phase = next.phase();
            restarts.moved(phase);
            seat.find().ifPresent(parts -> parts.moved(phase));
        }
        next.effects().forEach(this::act);
    }

    private void act(Phase.Effect effect) {
        switch (effect) {
            case REHEARSE -> task("rehearse", () -> rehearse(seat.serving()));
            case ENTER -> task("enter", () -> enter(seat.serving(), called()));
            case SERVE -> task("serve", () -> serve(seat.serving(), called()));
            case HAND_OVER -> handOver(seat.serving());
            case GO_ON -> goOn(seat.serving());
            case DRAIN -> drain(seat.serving(), ending);
            case HURRY -> hurry(seat.serving());
            case REFUSE -> refuse();
            case FINISH -> finish();
        }
    }

    private Built build(List<String> words) throws Exception {
        Arguments arguments = Arguments.parse(words, environment);
        StateDirectory state = arguments.state().prepare();
        door.own(state);
        lines =
                GenerationLog.start(
                        state.logs(),
                        state.ring(),
                        door.life().generation(),
                        !KeeperDoor.isOffered(environment));
        return seat.first(
                new Built.Source(
                        world, arguments, door, restarts, Plugins.installed(), environment));
    }

    private Entry called() {
        Entry by = entry;
        if (by == null) {
            throw new IllegalStateException("nobody has called in " + phase);
        }
        return by;
    }

    /** Beside a predecessor it is proven that we can serve; then it is the keeper's word. */
    private void rehearse(Built parts) throws Exception {
        if (door.life().hasPredecessor()) {
            parts.rehearse(world);
        }
        parts.assembly().start();
        if (door.life().hasPredecessor()) {
            door.rehearsed();
        } else {
            take(Optional.empty(), 0);
        }
    }

    private void enter(Built parts, Entry by) throws Exception {
        by.enter(world, parts.assembly());
        post(new News.Happened(Phase.Event.ENTERED));
    }

    private void serve(Built parts, Entry by) throws IOException {
        GatewayAssembly assembly = parts.assembly();
        assembly.serve();
        assembly.writeAccess(parts.state());
        Installation.hold();
        var _ = world.timers().every(BEAT_MS, this::beat);
        by.serve(door);
        double seconds = (world.time().wallMillis() - launch.atMs()) / 1000.0;
        var banner =
                new Banner(
                        Version.current(),
                        seconds,
                        assembly.url(),
                        parts.desk().file(),
                        parts.start().snapshot());
        console(launch.isFirst() ? banner.first() : banner.again(door.life().generation()));
        log.info(LifeEvent.READY, "Ready after {} s at {}", seconds, assembly.url());
        parts.open();
        assembly.seeToJvm();
    }

    private void beat() {
        door.beat(phase.wireName(), seat.serving().assembly().loopAgesMs());
    }

    /** A hand-over is carried out beside the main thread, which hears of its end by the keeper. */
    private void handOver(Built parts) {
        Offer to = offer;
        if (to == null) {
            throw new IllegalStateException("nobody to hand over to in " + phase);
        }
        Handover started;
        try {
            started = parts.assembly().handOver(world, to.successor());
        } catch (IllegalStateException e) {
            door.broken(String.valueOf(e.getMessage())); // An earlier one has not quite ended.
            return;
        }
        handover = started;
        world.startApart(
                "hand-over",
                () -> {
                    try {
                        int turns = started.run(world.time().deadlineIn(to.deadlineMs()));
                        door.handed(started.moved(), 0, turns);
                    } catch (IOException e) {
                        log.warn("The hand-over failed: {}", e.getMessage());
                        door.broken(String.valueOf(e.getMessage()));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void goOn(Built parts) {
        Handover failed = handover;
        handover = null;
        task(
                "go-on",
                () -> {
                    if (failed != null) {
                        failed.takeBack();
                    }
                    parts.assembly().goOn();
                    log.info("Serving on");
                });
    }

    private void drain(Built parts, Door.StopRequest request) {
        overdueAtNanos = inMs(Math.max(0, request.budgetMs() - GOODBYE_MS));
        long turnsMs = Math.max(0, request.budgetMs() - STOP_RESERVE_MS);
        Handover handed = request.next() == Door.Next.SUCCESSOR_SERVES ? handover : null;
        world.startApart(
                "drain",
                () -> {
                    try {
                        long leftMs = turnsMs;
                        GatewayAssembly serving =
                                succession.settle(world.time().deadlineIn(turnsMs)).assembly();
                        if (handed != null) {
                            drainBeside(parts, handed, turnsMs);
                            leftMs = 0;
                        }
                        log.info(
                                LifeEvent.STOPPED,
                                "Stopped: {}",
                                serving.stop(
                                        leftMs, request.isRestart() ? RESTART_EXPECTED_MS : 0));
                        succession.awaitGone();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        post(new News.Happened(Phase.Event.DRAINED));
                    }
                });
    }

    /** The end may take no longer than the newest request allows; what runs is left for later. */
    private void hurry(Built parts) {
        overdueAtNanos = Math.min(overdueAtNanos, inMs(ending.budgetMs()));
        long turnsMs = Math.max(0, ending.budgetMs() - STOP_RESERVE_MS);
        world.startApart("hurry", () -> parts.assembly().leaveTurns(turnsMs));
    }

    /** Lets turns end here while the successor serves. */
    private void drainBeside(Built parts, Handover handed, long turnsMs)
            throws InterruptedException {
        parts.assembly().endRoutines();
        int turns = parts.assembly().running();
        int cut = handed.drain(world.time().deadlineIn(turnsMs));
        door.handed(handed.moved(), cut, turns);
    }

    private void refuse() {
        EvergateException why =
                failure == null
                        ? new EvergateException(ErrorCode.INTERNAL, "The start failed")
                        : failure;
        exit = Exit.of(why.code());
        log.error("Cannot serve: {}", why.getMessage());
        door.refused(exit, String.valueOf(why.getMessage()));
        flushLog();
    }

    private void finish() {
        if (!ending.isRestart()) { // Whoever follows has written its own, or will.
            seat.find().ifPresent(parts -> parts.state().forgetAccess());
        }
        flushLog();
        door.finished();
        exit = ending.exit();
    }

    private void console(String text) {
        GenerationLog log = lines;
        if (log != null) {
            log.console(text);
        }
    }

    private void flushLog() {
        GenerationLog log = lines;
        if (log != null) {
            log.close();
        }
    }

    private long inMs(long durationMs) {
        return world.time().nanos() + durationMs * 1_000_000;
    }

    private void post(News next) {
        var _ = news.offer(next);
    }

    /** A part of the start or of serving; what it throws is why this generation cannot serve. */
    private interface Step {
        void run() throws Exception;
    }

    private void task(String name, Step step) {
        world.startApart(
                name,
                () -> {
                    try {
                        step.run();
                    } catch (EvergateException e) {
                        post(new News.Failed(e));
                    } catch (Throwable e) { // the boundary: whatever a start can throw is
                        // told like every other refusal
                        log.error("The start failed", e);
                        post(
                                new News.Failed(
                                        new EvergateException(
                                                ErrorCode.INTERNAL,
                                                "The start failed: "
                                                        + e
                                                        + ". The log has the details.",
                                                e)));
                    }
                });
    }
}
