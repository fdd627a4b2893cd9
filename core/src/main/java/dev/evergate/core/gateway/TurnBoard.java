package dev.evergate.core.gateway;

import dev.evergate.core.conversation.Lanes;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.Sender;
import dev.evergate.core.gateway.RunsAbroad.Abroad;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Loop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Every turn this generation knows of: which wait, which run here, which run in the generation
 * before, and whether any may start.
 *
 * <p>Thread-safe. What may start changes under a lock, together with the turns it concerns; nothing
 * waits under it.
 */
final class TurnBoard {
    private static final Logger log = LoggerFactory.getLogger(TurnBoard.class);

    /** How long turns that are about to begin get to do so. */
    private static final long PAUSE_MS = 500;

    /** Between two tries to read from a store that refuses. */
    private static final long STORE_RETRY_MS = 500;

    private static final Comparator<LiveTurn> BY_ARRIVAL =
            Comparator.comparingLong(LiveTurn::arrival);

    /** What may start. */
    private enum Stage {
        /** Nothing yet: this generation does not hold the lease. */
        STANDBY,
        OPEN,
        /** Nothing for now. */
        PAUSED,
        /** Nothing any more: whatever waits is the next generation's. */
        LEFT
    }

    private final Supplier<GatewayParts> latest;
    private final Tenure tenure;
    private final StoredEnds ends;
    private final RunsAbroad abroad;
    private final Lanes lanes;
    private final SlashCommands commands;
    private final Patience patience;
    private final Map<String, LiveTurn> turns = new ConcurrentHashMap<>();
    private final AtomicLong lastArrival = new AtomicLong();
    private final AtomicBoolean isTakingUp = new AtomicBoolean();

    /** Guards the stage, and putting turns on the board and taking them off by it. */
    private final Object lock = new Object();

    private volatile Stage stage = Stage.STANDBY;
    private volatile boolean takesUp = true;
    private volatile Heir heir = _ -> {};

    TurnBoard(
            Supplier<GatewayParts> latest,
            Tenure tenure,
            StoredEnds ends,
            Loop loop,
            SlashCommands.CommandWork commandWork) {
        this.latest = latest;
        this.tenure = tenure;
        this.ends = ends;
        this.abroad = new RunsAbroad(parts().feed(), ends.told(), turns::containsKey);
        this.lanes = new Lanes(loop, new LaneWork(), parts().config().agents().maxConcurrent());
        this.commands = new SlashCommands(commandWork);
        this.patience = new Patience(parts().world());
    }

    private GatewayParts parts() {
        return latest.get();
    }

    /** How many turns may run at the same time from now on; those that run go on. */
    void runAtMost(int runningMax) {
        lanes.runAtMost(runningMax);
    }

    // ---- messages ------------------------------------------------------------------------------

    /**
     * A message was accepted here, from this sender. Blocks on the store while another generation
     * accepts, too.
     */
    void arrived(AcceptedMessage message, Optional<Sender> sender) {
        boolean isNext = lastArrival.getAndSet(message.arrival()) + 1 == message.arrival();
        if (!isNext && abroad.isAnybodyThere()) {
            takeUpWhatCameBefore(message);
        }
        admit(message, sender);
    }

    /** The generation before may have accepted one that was not named yet: it comes first. */
    private void takeUpWhatCameBefore(AcceptedMessage message) {
        try {
            parts().journal().inbox().pending().stream()
                    .filter(earlier -> earlier.arrival() < message.arrival())
                    .forEach(earlier -> admit(earlier, Optional.empty()));
        } catch (EvergateException e) {
            log.warn("What was accepted before cannot be read: {}", e.getMessage());
        }
    }

    /** Puts a message on the board, unless it is there, has ended, or is the heir's. */
    private void admit(AcceptedMessage message, Optional<Sender> sender) {
        String runId = message.message().runId();
        synchronized (lock) {
            if (stage != Stage.LEFT) {
                if (!knows(runId) && !ends.told().hasEnded(runId)) {
                    put(turn(message, sender));
                }
                return;
            }
        }
        heir.accepted(runId);
    }

    private LiveTurn turn(AcceptedMessage message, Optional<Sender> sender) {
        String agentId = Router.route(message.message().sessionKey(), parts().config()).agentId();
        return new LiveTurn(latest, ends, message, agentId, sender);
    }

    private void put(LiveTurn turn) {
        turns.put(turn.runId(), turn);
        if (stage == Stage.OPEN) {
            place(turn);
        }
    }

    /**
     * Lets everything start that waited for it, oldest first: one that was accepted earlier, by
     * another generation, may have become known later.
     */
    private void open(Epoch epoch) {
        tenure.begin(epoch);
        stage = Stage.OPEN;
        inOrder().forEach(this::place);
    }

    /** Lets a turn start when its lane comes to it, and a command at once. */
    private void place(LiveTurn turn) {
        if (!turn.place()) {
            return;
        }
        if (turn.command().isEmpty()) {
            lanes.arrived(turn.sessionKey(), turn.arrival(), turn.runId());
        } else {
            startCommand(turn);
        }
    }

    private void startCommand(LiveTurn turn) {
        Epoch epoch = tenure.epoch();
        start(turn, () -> turn.answer(epoch, () -> commands.answer(turn.call())));
    }

    /** Runs a turn's work on a task of its own and takes the turn off the board afterwards. */
    private void start(LiveTurn turn, Runnable body) {
        if (!turn.start()) {
            return;
        }
        parts().world()
                .tasks()
                .start(
                        "turn-" + turn.runId(),
                        () -> {
                            try {
                                body.run();
                            } finally {
                                takeOff(turn);
                            }
                        });
    }

    private void takeOff(LiveTurn turn) {
        if (turn.end().isDone()) {
            boolean _ = ends.told().end(turn.runId());
        }
        // A turn that was put back is on the board as another object, and goes on waiting.
        if (turns.remove(turn.runId(), turn)) {
            lanes.ended(turn.sessionKey(), turn.runId());
            if (stage == Stage.LEFT) {
                boolean _ = turn.end().completeExceptionally(Tenure.restarting());
            }
        }
    }

    // ---- as a successor ------------------------------------------------------------------------

    /** See {@link LiveGateway#enter(Epoch, List, Predecessor)}. */
    void enter(Epoch epoch, List<ActiveRun> named, Predecessor predecessor, boolean takesUp) {
        this.takesUp = takesUp;
        // First what runs abroad: what is pending beside it is to be begun here.
        for (ActiveRun run : abroad.named(named, predecessor)) {
            if (SlashCommands.called(run.userText()).isEmpty()) {
                lanes.occupied(run.sessionKey(), run.runId());
            }
        }
        takeUp();
        synchronized (lock) {
            open(epoch);
        }
    }

    /** See {@link LiveGateway#hear}. */
    void hear(GatewayEvent event) {
        abroad.hear(event)
                .ifPresent(
                        end -> {
                            Optional.ofNullable(turns.get(end.runId()))
                                    .ifPresent(turn -> turn.end().complete(end));
                            lanes.ended(end.sessionKey(), end.runId());
                        });
    }

    /** See {@link LiveGateway#accepted}. */
    void accepted(String runId) {
        if (!knows(runId) && isTakingUp.compareAndSet(false, true)) {
            parts().world()
                    .tasks()
                    .start(
                            "take-up",
                            () -> {
                                isTakingUp.set(false);
                                insist(this::takeUp);
                            });
        }
    }

    /** Takes up what was accepted elsewhere, now, if this run is not known. Blocks on the store. */
    void catchUp(String runId) {
        if (!knows(runId)) {
            takeUp();
        }
    }

    /** See {@link LiveGateway#predecessorGone}. */
    void predecessorGone() {
        for (Abroad run : abroad.close()) {
            insist(() -> takeOver(run));
        }
        insist(this::takeUp);
    }

    private void takeOver(Abroad run) {
        Optional<RunEnd> end = ends.tell(run.runId());
        Optional<AcceptedMessage> message = parts().journal().inbox().findByRun(run.runId());
        if (end.isEmpty() && message.isPresent()) {
            beginAgain(run, turn(message.get(), Optional.empty()));
        } else {
            abroad.forget(run.runId());
            end.ifPresent(run.end()::complete);
            lanes.ended(run.view().sessionKey(), run.runId());
        }
    }

    private void beginAgain(Abroad run, LiveTurn turn) {
        var _ =
                turn.end()
                        .whenComplete(
                                (end, fault) -> {
                                    boolean _ =
                                            fault == null
                                                    ? run.end().complete(end)
                                                    : run.end().completeExceptionally(fault);
                                });
        if (abroad.isStopWanted(run.runId())) {
            turn.cancel();
        }
        if (turn.command().isPresent()) {
            lanes.ended(turn.sessionKey(), turn.runId()); // commands need no lane
        }
        synchronized (lock) {
            if (takesUp && stage != Stage.LEFT) {
                put(turn);
            }
            abroad.forget(run.runId());
        }
    }

    /** Puts every message without a fate on the board. */
    private void takeUp() {
        if (!takesUp) {
            return;
        }
        List<AcceptedMessage> unknown =
                parts().journal().inbox().pending().stream()
                        .filter(message -> !knows(message.message().runId()))
                        .toList();
        if (!unknown.isEmpty()) {
            log.info("Taking up {} message(s) that have met no fate", unknown.size());
        }
        unknown.forEach(message -> admit(message, Optional.empty()));
    }

    /** Repeats a step until the store can be read. */
    private void insist(Runnable step) {
        while (true) {
            try {
                step.run();
                return;
            } catch (EvergateException e) {
                if (e.code() != ErrorCode.STATE_UNUSABLE) {
                    throw e;
                }
                log.warn("Taking up messages waits for the store: {}", e.getMessage());
                if (!patience.paused(STORE_RETRY_MS)) {
                    throw e;
                }
            }
        }
    }

    // ---- as a predecessor ----------------------------------------------------------------------

    /** See {@link LiveGateway#pause}. */
    List<ActiveRun> pause() {
        synchronized (lock) {
            if (stage == Stage.OPEN) {
                stage = Stage.PAUSED;
            }
        }
        boolean _ =
                patience.holdsUntil(
                        () -> turns.values().stream().noneMatch(LiveTurn::isStarting),
                        parts().world().time().deadlineIn(PAUSE_MS));
        synchronized (lock) {
            turns.values().forEach(this::putBack);
        }
        return begun().map(LiveTurn::view).toList();
    }

    private void putBack(LiveTurn turn) {
        turn.putBack()
                .ifPresent(
                        again -> {
                            turns.put(again.runId(), again);
                            lanes.putBack(again.runId());
                        });
    }

    /** See {@link LiveGateway#goOn}. */
    void goOn(Epoch epoch) {
        insist(this::takeUp); // the successor has accepted messages before it died
        synchronized (lock) {
            if (stage == Stage.PAUSED) {
                open(epoch);
            }
        }
        lanes.goOn();
    }

    /** See {@link LiveGateway#leaveTo}. */
    void leaveTo(Heir successor) {
        List<LiveTurn> waiting;
        synchronized (lock) {
            heir = successor;
            stage = Stage.LEFT;
            tenure.end();
            waiting = inOrder().filter(LiveTurn::isWaiting).toList();
            waiting.forEach(turn -> turns.remove(turn.runId()));
        }
        for (LiveTurn turn : waiting) {
            heir.accepted(turn.runId());
            boolean _ = turn.end().completeExceptionally(Tenure.restarting());
        }
    }

    boolean hasLeft() {
        return stage == Stage.LEFT;
    }

    /** See {@link LiveGateway#stop}. */
    void stop(String runId) {
        Optional.ofNullable(turns.get(runId)).ifPresent(LiveTurn::cancel);
    }

    /** See {@link LiveGateway#drain}. */
    void drain(Deadline deadline, long settleMs) {
        boolean _ = patience.holdsUntil(this::hasNothingToEnd, deadline);
        List<LiveTurn> left = List.copyOf(turns.values());
        left.forEach(LiveTurn::interrupt);
        boolean _ =
                patience.holdsUntil(
                        () -> begun().findAny().isEmpty(),
                        parts().world().time().deadlineIn(settleMs));
        if (stage == Stage.LEFT) {
            left.forEach(turn -> turn.end().completeExceptionally(Tenure.restarting()));
        }
    }

    private boolean hasNothingToEnd() {
        return stage == Stage.OPEN
                ? turns.isEmpty()
                : turns.values().stream().allMatch(LiveTurn::isWaiting);
    }

    // ---- looking -------------------------------------------------------------------------------

    boolean isOpen() {
        return stage == Stage.OPEN;
    }

    boolean isStandby() {
        return stage == Stage.STANDBY;
    }

    /** Whether a run is waiting or going on, here or in the generation before. */
    boolean knows(String runId) {
        return turns.containsKey(runId) || abroad.find(runId).isPresent();
    }

    /** The runs of a conversation, those of the generation before first. */
    List<ActiveRun> runs(String sessionKey) {
        // Those abroad are looked at first: one that is taken over meanwhile shows up here, too.
        SequencedMap<String, ActiveRun> found = new LinkedHashMap<>();
        abroad.views().stream()
                .filter(run -> run.sessionKey().equals(sessionKey))
                .forEach(run -> found.put(run.runId(), run));
        turns.values().stream()
                .filter(turn -> turn.sessionKey().equals(sessionKey))
                .sorted(BY_ARRIVAL)
                .forEach(turn -> found.put(turn.runId(), turn.view()));
        return List.copyOf(found.values());
    }

    /** The coming end of a run that is known. */
    Optional<CompletableFuture<RunEnd>> end(String runId) {
        Optional<CompletableFuture<RunEnd>> there = abroad.find(runId).map(Abroad::end);
        LiveTurn here = turns.get(runId);
        return here == null ? there : Optional.of(here.end());
    }

    /** Stops a run of a conversation, wherever it runs. */
    void abort(String sessionKey, String runId) {
        LiveTurn turn = turns.get(runId);
        boolean isInNoLane = stage != Stage.OPEN && turn != null && turn.isWaiting();
        if (turn != null && (isInNoLane || turn.command().isPresent())) {
            turn.cancel();
        } else {
            lanes.abort(sessionKey, Optional.of(runId));
        }
    }

    /** Turns of this generation: how many run, how many wait. */
    LiveGateway.Load load() {
        int running = (int) begun().count();
        return new LiveGateway.Load(running, turns.size() - running);
    }

    /** Turns that run in the generation before. */
    int runningAbroad() {
        return abroad.views().size();
    }

    private Stream<LiveTurn> begun() {
        return turns.values().stream().filter(LiveTurn::hasBegun);
    }

    private Stream<LiveTurn> inOrder() {
        return turns.values().stream().sorted(BY_ARRIVAL);
    }

    /** Carries out what lanes decide. */
    private final class LaneWork implements Lanes.Work {
        @Override
        public boolean start(String runId) {
            synchronized (lock) {
                if (stage != Stage.OPEN) {
                    return false;
                }
                Epoch epoch = tenure.epoch();
                boolean _ = with(runId, turn -> TurnBoard.this.start(turn, () -> turn.run(epoch)));
                return true;
            }
        }

        @Override
        public void cancel(String runId) {
            if (!with(runId, LiveTurn::cancel)) {
                parts().world().tasks().start("stop-abroad", () -> abroad.stop(runId));
            }
        }

        @Override
        public void drop(String runId) {
            Epoch epoch = tenure.epoch();
            boolean _ = with(runId, turn -> TurnBoard.this.start(turn, () -> turn.drop(epoch)));
        }

        private boolean with(String runId, Consumer<LiveTurn> action) {
            LiveTurn turn = turns.get(runId);
            if (turn != null) {
                action.accept(turn);
            }
            return turn != null;
        }
    }
}
