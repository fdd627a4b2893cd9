package dev.evergate.keeper;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Track;
import dev.evergate.keeper.Life.Stand;
import dev.evergate.keeper.Life.Word;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.testkit.explore.Model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A keeper and its generation as one system: the transition functions of production, every order of
 * messages and timers between them, faults and wishes at any moment.
 *
 * <p>Time is abstract: an armed deadline may pass at any moment. One thing is assumed of the
 * kernel: a killed process is gone before the deadline for that passes.
 */
final class LifecycleModel implements Model<LifecycleModel.State> {
    private static final long LONG_MS = GatewayPhase.TOO_EARLY_MS;
    private static final Refusal REFUSAL = new Refusal(78, "no");

    private final BiFunction<GatewayPhase, Event, GatewayPhase.Next> keeper;
    private final BiFunction<Phase, Phase.Event, Phase.Next> generation;
    private final int faults;
    private final int wishes;

    /**
     * The whole.
     *
     * @param armed what the keeper's deadline is for
     * @param isStopPending whether somebody waits for the end
     * @param isRestartPending whether somebody waits for the result of a restart
     * @param isExited whether the keeper has ended in good order
     * @param isKeeperLost whether it was killed
     */
    record State(
            GatewayPhase phase,
            Optional<Limit> armed,
            Life life,
            boolean isStopPending,
            boolean isRestartPending,
            boolean isExited,
            boolean isKeeperLost,
            int faults,
            int wishes) {
        State with(Life next) {
            return new State(
                    phase,
                    armed,
                    next,
                    isStopPending,
                    isRestartPending,
                    isExited,
                    isKeeperLost,
                    faults,
                    wishes);
        }

        State armed(Optional<Limit> limit) {
            return new State(
                    phase,
                    limit,
                    life,
                    isStopPending,
                    isRestartPending,
                    isExited,
                    isKeeperLost,
                    faults,
                    wishes);
        }

        State in(GatewayPhase next) {
            return new State(
                    next,
                    armed,
                    life,
                    isStopPending,
                    isRestartPending,
                    isExited,
                    isKeeperLost,
                    faults,
                    wishes);
        }

        State waiting(boolean forStop, boolean forRestart) {
            return new State(
                    phase,
                    armed,
                    life,
                    forStop,
                    forRestart,
                    isExited,
                    isKeeperLost,
                    faults,
                    wishes);
        }

        State exited() {
            return new State(
                    phase, armed, life.killed(), false, false, true, isKeeperLost, faults, wishes);
        }

        State keeperLost() {
            return new State(
                    phase,
                    armed,
                    life.isLinked() ? life.cut(true) : life,
                    false,
                    false,
                    false,
                    true,
                    faults,
                    wishes);
        }

        State spent(int fault, int wish) {
            return new State(
                    phase,
                    armed,
                    life,
                    isStopPending,
                    isRestartPending,
                    isExited,
                    isKeeperLost,
                    faults - fault,
                    wishes - wish);
        }
    }

    LifecycleModel(
            BiFunction<GatewayPhase, Event, GatewayPhase.Next> keeper,
            BiFunction<Phase, Phase.Event, Phase.Next> generation,
            int faults,
            int wishes) {
        this.keeper = keeper;
        this.generation = generation;
        this.faults = faults;
        this.wishes = wishes;
    }

    @Override
    public State initial() {
        GatewayPhase.Next first = GatewayPhase.first();
        State empty =
                new State(
                        first.phase(),
                        Optional.empty(),
                        Life.NONE,
                        false,
                        false,
                        false,
                        false,
                        faults,
                        wishes);
        return act(empty, first.effects());
    }

    @Override
    public boolean isRest(State state) {
        Life life = state.life();
        if (state.isExited() || state.isKeeperLost()) {
            // Whoever keeps the state next ends a hung orphan.
            return !life.isAlive() || life.process() == Stand.HUNG;
        }
        return state.phase() instanceof GatewayPhase.Serving;
    }

    @Override
    public List<String> pending(State state) {
        List<String> pending = new ArrayList<>();
        if (state.isStopPending()) {
            pending.add("a stop");
        }
        if (state.isRestartPending()) {
            pending.add("a restart");
        }
        if (state.isKeeperLost() && !isRest(state)) {
            pending.add("the end of an orphan");
        }
        return pending;
    }

    @Override
    public List<Step<State>> steps(State state) {
        List<Step<State>> steps = new ArrayList<>();
        if (!state.isExited()) {
            lifeSteps(state, steps);
            if (!state.isKeeperLost()) {
                keeperSteps(state, steps);
                faultSteps(state, steps);
                wishSteps(state, steps);
            }
        }
        return steps;
    }

    private void keeperSteps(State state, List<Step<State>> steps) {
        Life life = state.life();
        if (!life.words().isEmpty()) {
            Word word = life.words().getFirst();
            steps.add(Step.of("keeper hears " + word, hear(state)));
        } else if (life.isLinked() && (life.process() == Stand.DEAD || life.isCut())) {
            steps.add(Step.of("keeper hears the end of the link", lost(state)));
        }
        if (life.process() == Stand.DEAD) {
            for (long servedMs : life.hasServed() ? new long[] {0, LONG_MS} : new long[] {-1}) {
                steps.add(
                        Step.of(
                                "keeper learns of the end after " + servedMs + " ms",
                                ended(state, servedMs)));
            }
        }
        if (life.process() == Stand.HUNG && life.hasServed()) {
            steps.add(Step.of("keeper finds it wedged", happen(state, new Event.Wedged(LONG_MS))));
            steps.add(Step.of("keeper finds it wedged early", happen(state, new Event.Wedged(0))));
        }
        boolean isGoneSoon =
                life.process() == Stand.DEAD && state.armed().equals(Optional.of(Limit.KILL));
        if (state.armed().isPresent() && !isGoneSoon) {
            steps.add(
                    Step.of(
                            "the time for " + state.armed().get() + " is over",
                            happen(state.armed(Optional.empty()), new Event.DeadlinePassed())));
        }
    }

    private State hear(State state) {
        Life life = state.life();
        Word word = life.words().getFirst();
        State heard = state.with(life.heard());
        return switch (word) {
            case READY ->
                    state.phase() instanceof GatewayPhase.Booting
                            ? happen(heard.with(heard.life().served()), new Event.Ready())
                            : heard;
            case REFUSED -> happen(heard, new Event.Refused(REFUSAL, false));
            case REFUSED_FOR_NOW -> happen(heard, new Event.Refused(REFUSAL, true));
            case FINISHED -> happen(heard, new Event.Finished());
            case WANT_STOP ->
                    happen(heard.waiting(true, heard.isRestartPending()), new Event.StopWanted());
            case WANT_RESTART -> wantRestart(heard);
        };
    }

    private State wantRestart(State state) {
        return state.phase() instanceof GatewayPhase.Stopping
                ? state
                : happen(state.waiting(state.isStopPending(), true), new Event.RestartWanted());
    }

    private State lost(State state) {
        return happen(state.with(state.life().linked(false)), new Event.Lost());
    }

    /** As in production: its last words are heard first. */
    private State ended(State state, long servedMs) {
        State now = state;
        while (!now.life().words().isEmpty() && !now.isExited()) {
            now = hear(now);
        }
        if (now.life().isLinked() && !now.isExited()) {
            now = lost(now);
        }
        boolean isFromOutside = !now.life().isKilledByUs() && now.life().phase() == Phase.RUNNING;
        return now.isExited()
                ? now
                : happen(now.with(Life.NONE), new Event.Ended(servedMs, isFromOutside));
    }

    private State happen(State state, Event event) {
        if (state.isExited()) {
            return state;
        }
        GatewayPhase.Next next = keeper.apply(state.phase(), event);
        return act(state.in(clipped(next.phase())), next.effects());
    }

    private State act(State state, List<Effect> effects) {
        State now = state;
        for (Effect effect : effects) {
            now =
                    switch (effect) {
                        case Effect.Launch _ -> now.with(Life.LAUNCHED);
                        case Effect.Tell _ ->
                                now.with(
                                        now.life().isLinked()
                                                ? now.life().told(true)
                                                : now.life().killed());
                        case Effect.Kill _ -> now.with(now.life().killed());
                        case Effect.Condemn _ -> now.with(Life.NONE);
                        case Effect.Within(var limit) -> now.armed(Optional.of(limit));
                        case Effect.Settle _ -> now.waiting(now.isStopPending(), false);
                        case Effect.Reload _ -> now;
                        case Effect.Exit _ -> now.exited();
                    };
        }
        return now;
    }

    /** What the generation does by itself. */
    private void lifeSteps(State state, List<Step<State>> steps) {
        Life life = state.life();
        switch (life.process()) {
            case NONE, HUNG, DEAD -> {}
            case MUTE ->
                    steps.add(
                            state.isKeeperLost()
                                    ? Step.of("it finds no keeper", state.with(life.killed()))
                                    : Step.of(
                                            "it says hello",
                                            state.with(life.in(Stand.RUNNING).linked(true))));
            case LEAVING -> steps.add(Step.of("it exits", state.with(life.in(Stand.DEAD))));
            case RUNNING -> runningSteps(state, steps);
        }
    }

    private void runningSteps(State state, List<Step<State>> steps) {
        Life life = state.life();
        if (life.isTold()) {
            steps.add(step(state.with(life.told(false)), Phase.Event.STOP_REQUESTED));
        }
        if (life.isCut()) {
            steps.add(step(state.with(life.cut(false)), Phase.Event.KEEPER_LOST));
        }
        switch (life.phase()) {
            case STARTING -> {
                steps.add(step(state, Phase.Event.BUILT));
                steps.add(step(state, Phase.Event.FAILED));
            }
            case STANDBY -> {
                steps.add(step(state, Phase.Event.ENTERED));
                steps.add(step(state, Phase.Event.FAILED));
            }
            case RUNNING -> {
                if (!life.saidReady()) {
                    steps.add(Step.of("it serves", state.with(life.says(Word.READY))));
                    steps.add(step(state, Phase.Event.FAILED));
                }
            }
            case HANDING_OVER -> {}
            case DRAINING -> {
                steps.add(step(state, Phase.Event.DRAINED));
                steps.add(step(state, Phase.Event.OVERDUE));
            }
            case STOPPED -> {}
        }
    }

    private Step<State> step(State state, Phase.Event event) {
        Phase.Next next = generation.apply(state.life().phase(), event);
        Life life = state.life().at(next.phase());
        for (Phase.Effect effect : next.effects()) {
            life =
                    switch (effect) {
                        case REHEARSE, ENTER, SERVE, HAND_OVER, GO_ON, DRAIN, HURRY -> life;
                        case REFUSE -> life.says(Word.REFUSED).in(Stand.LEAVING);
                        case FINISH -> life.says(Word.FINISHED).in(Stand.LEAVING);
                    };
        }
        return Step.of("it has " + event, state.with(life));
    }

    private void faultSteps(State state, List<Step<State>> steps) {
        Life life = state.life();
        if (state.faults() == 0) {
            return;
        }
        State spent = state.spent(1, 0);
        steps.add(Step.adverse("the keeper is killed", spent.keeperLost()));
        if (!life.isAlive()) {
            return;
        }
        steps.add(Step.adverse("it dies", spent.with(life.in(Stand.DEAD))));
        if (life.process() != Stand.HUNG) {
            steps.add(Step.adverse("it hangs", spent.with(life.in(Stand.HUNG))));
        }
        if (life.process() == Stand.RUNNING && life.phase() == Phase.STARTING) {
            steps.add(
                    Step.adverse(
                            "its port is held",
                            spent.with(
                                    life.at(Phase.STOPPED)
                                            .says(Word.REFUSED_FOR_NOW)
                                            .in(Stand.LEAVING))));
        }
        if (life.isLinked() && !life.isCut()) {
            steps.add(Step.adverse("its link breaks", spent.with(life.cut(true))));
        }
    }

    private void wishSteps(State state, List<Step<State>> steps) {
        if (state.wishes() == 0) {
            return;
        }
        State spent = state.spent(0, 1);
        Event stop =
                state.phase() instanceof GatewayPhase.Stopping
                        ? new Event.StopNowWanted()
                        : new Event.StopWanted();
        steps.add(
                Step.adverse(
                        "SIGTERM", happen(spent.waiting(true, spent.isRestartPending()), stop)));
        steps.add(Step.adverse("SIGUSR1", wantRestart(spent)));
        steps.add(Step.adverse("SIGHUP", happen(spent, new Event.ReloadWanted())));
        Life life = state.life();
        if (life.process() == Stand.RUNNING && life.isLinked()) {
            steps.add(Step.adverse("SIGTERM to it", spent.with(life.says(Word.WANT_STOP))));
            steps.add(Step.adverse("SIGUSR1 to it", spent.with(life.says(Word.WANT_RESTART))));
        }
    }

    /** Counters without an upper end, folded where they no longer make a difference. */
    private static GatewayPhase clipped(GatewayPhase phase) {
        return switch (phase) {
            case GatewayPhase.Booting(var track, var start) ->
                    new GatewayPhase.Booting(clipped(track), start);
            case GatewayPhase.Serving(var track, var standing) ->
                    new GatewayPhase.Serving(clipped(track), standing);
            case GatewayPhase.Restarting(var track, var ending) ->
                    new GatewayPhase.Restarting(clipped(track), ending);
            case GatewayPhase.Backoff(var track) -> new GatewayPhase.Backoff(clipped(track));
            case GatewayPhase.Stopping stopping -> stopping;
        };
    }

    private static Track clipped(Track track) {
        int cycle = 2 * GatewayPhase.FAILURES_PER_MODE;
        int failures =
                track.failures() < cycle
                        ? track.failures()
                        : cycle + track.failures() % GatewayPhase.FAILURES_PER_MODE;
        return new Track(
                failures,
                Math.min(track.waits(), 1),
                track.mode(),
                track.fallback(),
                track.served());
    }
}
