package dev.evergate.keeper;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.Life.Fact;
import dev.evergate.keeper.Life.Stand;
import dev.evergate.keeper.Life.Word;
import dev.evergate.keeper.LifecycleModel.State;
import dev.evergate.testkit.explore.Model.Step;

import java.util.List;
import java.util.function.BiFunction;

/** What a generation in {@link LifecycleModel} does by itself. */
final class LifeSteps {
    private final BiFunction<Phase, Phase.Event, Phase.Next> table;

    LifeSteps(BiFunction<Phase, Phase.Event, Phase.Next> table) {
        this.table = table;
    }

    void add(State state, Role role, List<Step<State>> steps) {
        Life life = state.life(role);
        switch (life.process()) {
            case NONE, HUNG, DEAD -> {}
            case MUTE ->
                    steps.add(
                            state.keeping().isLost()
                                    ? Step.of(
                                            role + " finds no keeper",
                                            state.with(role, life.killed()))
                                    : Step.of(
                                            role + " says hello",
                                            state.with(role, hello(state, role))));
            case LEAVING ->
                    steps.add(Step.of(role + " exits", state.with(role, life.in(Stand.DEAD))));
            case RUNNING -> running(state, role, steps);
        }
    }

    private static Life hello(State state, Role role) {
        Life linked = state.life(role).in(Stand.RUNNING).with(Fact.LINKED);
        return role == Role.BESIDE ? linked.with(Fact.HEIR) : linked;
    }

    private void running(State state, Role role, List<Step<State>> steps) {
        Life life = state.life(role);
        if (!life.calls().isEmpty()) {
            steps.add(called(state, role));
        }
        if (life.is(Fact.CUT)) {
            Life alone = life.without(Fact.CUT);
            steps.add(step(state.with(role, alone), role, Phase.Event.KEEPER_LOST));
        }
        switch (life.phase()) {
            case STARTING -> {
                steps.add(built(state, role));
                steps.add(step(state, role, Phase.Event.FAILED));
            }
            case STANDBY -> {
                steps.add(step(state, role, Phase.Event.FAILED));
                if (life.is(Fact.CALLED) && (!life.is(Fact.HEIR) || isGiven(state))) {
                    steps.add(step(state, role, Phase.Event.ENTERED));
                }
            }
            case RUNNING -> {
                if (!life.is(Fact.SAID_READY)) {
                    Word word = life.is(Fact.HEIR) ? Word.COMMITTED : Word.READY;
                    Life said = life.with(Fact.SAID_READY).says(word);
                    steps.add(Step.of(role + " serves", state.with(role, said)));
                    steps.add(step(state, role, Phase.Event.FAILED));
                }
            }
            case HANDING_OVER -> {
                boolean isPeerMute = state.beside().process() != Stand.RUNNING;
                if (isPeerMute && role == Role.MAIN && !life.is(Fact.SAID_BROKEN)) {
                    Life said = life.with(Fact.SAID_BROKEN).says(Word.BROKEN);
                    steps.add(Step.of(role + " hears no peer", state.with(role, said)));
                }
            }
            case DRAINING -> {
                steps.add(step(state, role, Phase.Event.DRAINED));
                steps.add(step(state, role, Phase.Event.OVERDUE));
            }
            case STOPPED -> {}
        }
    }

    /** Whether the generation that serves gives what it has, and to this successor. */
    private static boolean isGiven(State state) {
        return state.main().process() == Stand.RUNNING
                && state.main().phase() == Phase.HANDING_OVER
                && !state.main().calls().contains(Life.Call.GIVE);
    }

    private Step<State> built(State state, Role role) {
        Step<State> built = step(state, role, Phase.Event.BUILT);
        Life life = built.to().life(role);
        return life.is(Fact.HEIR)
                ? Step.of(role + " has rehearsed", built.to().with(role, life.says(Word.REHEARSED)))
                : step(built.to().with(role, life.with(Fact.CALLED)), role, Phase.Event.CALLED);
    }

    private Step<State> called(State state, Role role) {
        Life life = state.life(role);
        Life taken = life.tookCall();
        return switch (life.calls().getFirst()) {
            case STOP -> step(state.with(role, taken), role, Phase.Event.STOP_REQUESTED);
            case GIVE ->
                    step(
                            state.with(role, taken.without(Fact.SAID_BROKEN)),
                            role,
                            Phase.Event.HAND_OVER_WANTED);
            case ABORT -> step(state.with(role, taken), role, Phase.Event.HAND_OVER_ABORTED);
            case TAKE_FROM_PEER ->
                    step(state.with(role, taken.with(Fact.CALLED)), role, Phase.Event.CALLED);
            case TAKE_ALONE ->
                    step(
                            state.with(role, taken.with(Fact.CALLED).without(Fact.HEIR)),
                            role,
                            Phase.Event.CALLED);
        };
    }

    private Step<State> step(State state, Role role, Phase.Event event) {
        Phase.Next next = table.apply(state.life(role).phase(), event);
        Life life = state.life(role).at(next.phase());
        for (Phase.Effect effect : next.effects()) {
            life =
                    switch (effect) {
                        case REHEARSE, ENTER, SERVE, HAND_OVER, GO_ON, DRAIN, HURRY -> life;
                        case REFUSE -> life.says(Word.REFUSED).in(Stand.LEAVING);
                        case FINISH -> life.says(Word.FINISHED).in(Stand.LEAVING);
                    };
        }
        return Step.of(role + " has " + event, state.with(role, life));
    }
}
