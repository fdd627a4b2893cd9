package dev.evergate.keeper;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Sign;
import dev.evergate.keeper.Life.Call;
import dev.evergate.keeper.Life.Fact;
import dev.evergate.keeper.Life.Stand;
import dev.evergate.keeper.Life.Word;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.testkit.explore.Model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A keeper and its generations, two at most, as one system: the transition functions of production,
 * every order of messages and timers between them, faults and wishes at any moment.
 *
 * <p>Time is abstract: an armed deadline may pass at any moment. Two things are assumed: a killed
 * process is gone before the deadline for that passes, and within the minutes of PROOF and RETRY
 * what was sent is read. A state in which two generations serve has no way out, so it is found as a
 * deadlock.
 */
final class LifecycleModel implements Model<LifecycleModel.State> {
    private static final long LONG_MS = GatewayPhase.TOO_EARLY_MS;
    private static final Refusal REFUSAL = new Refusal(78, "no");

    private final BiFunction<GatewayPhase, Event, GatewayPhase.Next> keeper;
    private final BiFunction<Phase, Phase.Event, Phase.Next> generation;
    private final int faults;
    private final int wishes;

    /** What became of the keeper, and who waits for it. */
    record Keeping(
            boolean isStopPending, boolean isRestartPending, boolean isExited, boolean isLost) {
        static final Keeping NEW = new Keeping(false, false, false, false);
    }

    /**
     * The whole.
     *
     * @param armed what the keeper's deadline is for
     */
    record State(
            GatewayPhase phase,
            Optional<Limit> armed,
            Life main,
            Life beside,
            Keeping keeping,
            int faults,
            int wishes) {
        Life life(Role role) {
            return role == Role.MAIN ? main : beside;
        }

        State with(Role role, Life next) {
            return role == Role.MAIN
                    ? new State(phase, armed, next, beside, keeping, faults, wishes)
                    : new State(phase, armed, main, next, keeping, faults, wishes);
        }

        State armed(Optional<Limit> limit) {
            return new State(phase, limit, main, beside, keeping, faults, wishes);
        }

        State in(GatewayPhase next) {
            return new State(next, armed, main, beside, keeping, faults, wishes);
        }

        State keeping(Keeping next) {
            return new State(phase, armed, main, beside, next, faults, wishes);
        }

        State waiting(boolean forStop, boolean forRestart) {
            return keeping(new Keeping(forStop, forRestart, keeping.isExited(), keeping.isLost()));
        }

        State exited() {
            return with(Role.MAIN, main.killed())
                    .with(Role.BESIDE, beside.killed())
                    .keeping(new Keeping(false, false, true, keeping.isLost()));
        }

        State keeperLost() {
            return with(Role.MAIN, orphaned(main))
                    .with(Role.BESIDE, orphaned(beside))
                    .keeping(new Keeping(false, false, false, true));
        }

        State spent(int fault, int wish) {
            return new State(phase, armed, main, beside, keeping, faults - fault, wishes - wish);
        }

        State promoted() {
            return with(Role.MAIN, beside).with(Role.BESIDE, main);
        }

        boolean isOver() {
            return keeping.isExited() || keeping.isLost();
        }

        boolean isTwoServing() {
            return main.isServing() && beside.isServing();
        }

        private static Life orphaned(Life life) {
            return life.is(Fact.LINKED) ? life.with(Fact.CUT) : life;
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
                        Life.NONE,
                        Keeping.NEW,
                        faults,
                        wishes);
        return act(empty, first.effects());
    }

    @Override
    public boolean isRest(State state) {
        if (state.isTwoServing()) {
            return false;
        }
        if (state.isOver()) {
            // Whoever keeps the state next ends a hung orphan.
            return isOrphanOver(state.main()) && isOrphanOver(state.beside());
        }
        return state.phase() instanceof GatewayPhase.Serving;
    }

    private static boolean isOrphanOver(Life life) {
        return !life.isAlive() || life.process() == Stand.HUNG;
    }

    @Override
    public List<String> pending(State state) {
        List<String> pending = new ArrayList<>();
        if (state.keeping().isStopPending()) {
            pending.add("a stop");
        }
        if (state.keeping().isRestartPending()) {
            pending.add("a restart");
        }
        if (state.keeping().isLost() && !isRest(state)) {
            pending.add("the end of an orphan");
        }
        return pending;
    }

    @Override
    public List<Step<State>> steps(State state) {
        List<Step<State>> steps = new ArrayList<>();
        if (state.keeping().isExited() || state.isTwoServing()) {
            return steps;
        }
        LifeSteps lives = new LifeSteps(generation);
        for (Role role : Role.values()) {
            lives.add(state, role, steps);
            if (!state.keeping().isLost()) {
                keeperSteps(state, role, steps);
                faultSteps(state, role, steps);
                generationWishes(state, role, steps);
            }
        }
        if (!state.keeping().isLost()) {
            deadline(state, steps);
            wishSteps(state, steps);
            if (state.faults() > 0) {
                steps.add(Step.adverse("the keeper is killed", state.spent(1, 0).keeperLost()));
            }
        }
        return steps;
    }

    private void keeperSteps(State state, Role role, List<Step<State>> steps) {
        Life life = state.life(role);
        String who = role + " ";
        if (!life.words().isEmpty()) {
            Word word = life.words().getFirst();
            steps.add(Step.of("keeper hears " + who + word, hear(state, role)));
        } else if (life.is(Fact.LINKED) && (life.process() == Stand.DEAD || life.is(Fact.CUT))) {
            steps.add(Step.of("keeper hears the end of the link of " + who, lost(state, role)));
        }
        if (life.process() == Stand.DEAD) {
            for (long servedMs : life.is(Fact.SERVED) ? new long[] {0, LONG_MS} : new long[] {-1}) {
                steps.add(
                        Step.of(
                                "keeper learns of the end of " + who + " after " + servedMs,
                                ended(state, role, servedMs)));
            }
        }
        if (role == Role.MAIN && life.process() == Stand.HUNG && life.is(Fact.SERVED)) {
            steps.add(Step.of("keeper finds it wedged", happen(state, new Event.Wedged(LONG_MS))));
            steps.add(Step.of("keeper finds it wedged early", happen(state, new Event.Wedged(0))));
        }
    }

    private void deadline(State state, List<Step<State>> steps) {
        boolean isGoneSoon =
                state.armed().equals(Optional.of(Limit.KILL))
                        && (state.main().process() == Stand.DEAD
                                || state.beside().process() == Stand.DEAD);
        boolean isReadSoon =
                (state.armed().equals(Optional.of(Limit.PROOF))
                                || state.armed().equals(Optional.of(Limit.RETRY)))
                        && (state.main().hasMail() || state.beside().hasMail());
        if (state.armed().isPresent() && !isGoneSoon && !isReadSoon) {
            steps.add(
                    Step.of(
                            "the time for " + state.armed().get() + " is over",
                            happen(state.armed(Optional.empty()), new Event.DeadlinePassed())));
        }
    }

    private State hear(State state, Role role) {
        Word word = state.life(role).words().getFirst();
        State heard = state.with(role, state.life(role).heard());
        boolean isMain = role == Role.MAIN;
        boolean hasServed = heard.life(role).is(Fact.SERVED);
        return switch (word) {
            case READY, COMMITTED -> {
                if (isMain) {
                    yield state.phase() instanceof GatewayPhase.Booting
                            ? happen(
                                    heard.with(role, heard.main().with(Fact.SERVED)),
                                    new Event.Ready())
                            : heard;
                }
                yield hasServed
                        ? heard
                        : happen(
                                heard,
                                new Event.Beside(
                                        word == Word.READY ? Sign.ENDING : Sign.COMMITTED));
            }
            case REHEARSED -> {
                State known = heard.with(role, heard.life(role).with(Fact.REHEARSED));
                yield isMain ? inherited(known) : happen(known, new Event.Beside(Sign.REHEARSED));
            }
            case BROKEN -> isMain ? happen(heard, new Event.Broken()) : heard;
            case REFUSED -> happen(heard, isMain ? new Event.Refused(REFUSAL, false) : ending());
            case REFUSED_FOR_NOW ->
                    happen(heard, isMain ? new Event.Refused(REFUSAL, true) : ending());
            case FINISHED -> happen(heard, isMain ? new Event.Finished() : ending());
            case WANT_STOP ->
                    happen(
                            heard.waiting(true, heard.keeping().isRestartPending()),
                            new Event.StopWanted());
            case WANT_RESTART -> wantRestart(heard);
        };
    }

    private static Event ending() {
        return new Event.Beside(Sign.ENDING);
    }

    private State wantRestart(State state) {
        return state.phase() instanceof GatewayPhase.Stopping
                ? state
                : happen(
                        state.waiting(state.keeping().isStopPending(), true),
                        new Event.RestartWanted());
    }

    private State lost(State state, Role role) {
        return happen(
                state.with(role, state.life(role).without(Fact.LINKED)),
                role == Role.MAIN ? new Event.Lost() : ending());
    }

    /** As in production: its last words are heard first; it may change its place meanwhile. */
    private State ended(State state, Role role, long servedMs) {
        State now = state;
        Role where = role;
        while (!now.keeping().isExited()) {
            Life life = now.life(where);
            if (life.process() != Stand.DEAD) {
                return now; // It was condemned.
            }
            if (life.words().isEmpty() && !life.is(Fact.LINKED)) {
                break;
            }
            State next = life.words().isEmpty() ? lost(now, where) : hear(now, where);
            boolean isPromoted =
                    where == Role.BESIDE
                            && !life.is(Fact.SERVED)
                            && next.phase() instanceof GatewayPhase.Draining;
            where = isPromoted ? Role.MAIN : where;
            now = next;
        }
        if (now.keeping().isExited()) {
            return now;
        }
        Life life = now.life(where);
        State without = now.with(where, Life.NONE);
        boolean isFromOutside = !life.is(Fact.KILLED) && life.phase() == Phase.RUNNING;
        long served = life.is(Fact.SERVED) ? Math.max(0, servedMs) : -1;
        return happen(
                without,
                where == Role.MAIN
                        ? new Event.Ended(served, isFromOutside)
                        : new Event.Beside(Sign.GONE));
    }

    private State happen(State state, Event event) {
        if (state.keeping().isExited()) {
            return state;
        }
        GatewayPhase.Next next = keeper.apply(state.phase(), event);
        return act(state.in(Fold.clipped(next.phase())), next.effects());
    }

    private State act(State state, List<Effect> effects) {
        State now = state;
        for (Effect effect : effects) {
            now =
                    switch (effect) {
                        case Effect.Launch _ -> now.with(Role.MAIN, Life.LAUNCHED);
                        case Effect.LaunchBeside _ -> now.with(Role.BESIDE, Life.LAUNCHED);
                        case Effect.HandOver _ ->
                                now.with(Role.MAIN, now.main().called(Call.GIVE))
                                        .with(
                                                Role.BESIDE,
                                                now.beside().called(Call.TAKE_FROM_PEER));
                        case Effect.Abort _ -> now.with(Role.MAIN, now.main().called(Call.ABORT));
                        case Effect.Promote _ -> promoted(now);
                        case Effect.Tell(var role, var _) ->
                                now.with(
                                        role,
                                        now.life(role).is(Fact.LINKED)
                                                ? now.life(role).called(Call.STOP)
                                                : now.life(role).killed());
                        case Effect.Kill(var role, var _) ->
                                now.with(role, now.life(role).killed());
                        case Effect.Condemn(var role, var _) -> now.with(role, Life.NONE);
                        case Effect.Within(var limit) ->
                                now.armed(
                                        limit == Limit.NONE
                                                ? Optional.empty()
                                                : Optional.of(limit));
                        case Effect.Settle _ -> now.waiting(now.keeping().isStopPending(), false);
                        case Effect.Reload _ -> now;
                        case Effect.Exit _ -> now.exited();
                    };
        }
        return now;
    }

    private static State promoted(State state) {
        State now = state.promoted();
        return now.phase().isServing()
                ? now.with(Role.MAIN, now.main().with(Fact.SERVED))
                : inherited(now);
    }

    /** An heir whose predecessor is dead is told so once it has rehearsed. */
    private static State inherited(State state) {
        Life heir = state.main();
        return heir.is(Fact.HEIR) && heir.is(Fact.REHEARSED)
                ? state.with(Role.MAIN, heir.called(Call.TAKE_ALONE))
                : state;
    }

    private static void faultSteps(State state, Role role, List<Step<State>> steps) {
        Life life = state.life(role);
        if (state.faults() == 0 || !life.isAlive()) {
            return;
        }
        State spent = state.spent(1, 0);
        steps.add(Step.adverse(role + " dies", spent.with(role, life.in(Stand.DEAD))));
        if (life.process() != Stand.HUNG) {
            steps.add(Step.adverse(role + " hangs", spent.with(role, life.in(Stand.HUNG))));
        }
        if (life.process() == Stand.RUNNING && life.phase() == Phase.STARTING) {
            steps.add(
                    Step.adverse(
                            "the port of " + role + " is held",
                            spent.with(
                                    role,
                                    life.at(Phase.STOPPED)
                                            .says(Word.REFUSED_FOR_NOW)
                                            .in(Stand.LEAVING))));
        }
        if (life.is(Fact.LINKED) && !life.is(Fact.CUT)) {
            steps.add(
                    Step.adverse(
                            "the link of " + role + " breaks",
                            spent.with(role, life.with(Fact.CUT))));
        }
        if (life.process() == Stand.RUNNING
                && life.phase() == Phase.HANDING_OVER
                && !life.is(Fact.SAID_BROKEN)) {
            steps.add(
                    Step.adverse(
                            role + " cannot hand over",
                            spent.with(role, life.with(Fact.SAID_BROKEN).says(Word.BROKEN))));
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
        boolean isRestartPending = spent.keeping().isRestartPending();
        steps.add(Step.adverse("SIGTERM", happen(spent.waiting(true, isRestartPending), stop)));
        steps.add(Step.adverse("SIGUSR1", wantRestart(spent)));
        steps.add(Step.adverse("SIGHUP", happen(spent, new Event.ReloadWanted())));
    }

    private static void generationWishes(State state, Role role, List<Step<State>> steps) {
        Life life = state.life(role);
        if (state.wishes() > 0 && life.process() == Stand.RUNNING && life.is(Fact.LINKED)) {
            State spent = state.spent(0, 1);
            steps.add(
                    Step.adverse(
                            "SIGTERM to " + role, spent.with(role, life.says(Word.WANT_STOP))));
            steps.add(
                    Step.adverse(
                            "SIGUSR1 to " + role, spent.with(role, life.says(Word.WANT_RESTART))));
        }
    }
}
