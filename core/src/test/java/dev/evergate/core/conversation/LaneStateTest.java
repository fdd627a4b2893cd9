package dev.evergate.core.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.conversation.LaneState.Effect;
import dev.evergate.core.conversation.LaneState.Event;
import dev.evergate.core.conversation.LaneState.Waiting;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

class LaneStateTest {
    @Test
    void startsTheFirstMessageAtOnce() {
        var step = LaneState.IDLE.next(new Event.Arrived(1, "a"));

        assertThat(step.effects()).containsExactly(new Effect.Start("a"));
        assertThat(step.state().running()).contains("a");
    }

    @Test
    void queuesWhatArrivesWhileATurnRunsInOrderOfArrival() {
        var state = running("a");
        state = state.next(new Event.Arrived(3, "c")).state();
        var step = state.next(new Event.Arrived(2, "b"));

        assertThat(step.effects()).isEmpty();
        assertThat(step.state().waiting())
                .containsExactly(new Waiting(2, "b"), new Waiting(3, "c"));
    }

    @Test
    void startsTheOldestWaitingTurnWhenTheRunningOneEnds() {
        var state = running("a").next(new Event.Arrived(2, "b")).state();
        var step = state.next(new Event.Ended("a"));

        assertThat(step.effects()).containsExactly(new Effect.Start("b"));
        assertThat(step.state()).isEqualTo(new LaneState(Optional.of("b"), List.of()));
    }

    @Test
    void isIdleAfterTheLastEnd() {
        assertThat(running("a").next(new Event.Ended("a")).state().isIdle()).isTrue();
    }

    @Test
    void waitsForATurnThatRunsElsewhere() {
        var occupied = LaneState.IDLE.next(new Event.Occupied("abroad"));
        assertThat(occupied.effects()).isEmpty();

        var queued = occupied.state().next(new Event.Arrived(2, "b"));
        assertThat(queued.effects()).isEmpty();

        var ended = queued.state().next(new Event.Ended("abroad"));
        assertThat(ended.effects()).containsExactly(new Effect.Start("b"));
    }

    @Test
    void startsATurnThatRanElsewhereWhenItArrives() {
        var state = LaneState.IDLE.next(new Event.Occupied("abroad")).state();
        state = state.next(new Event.Arrived(2, "b")).state();

        var step = state.next(new Event.Arrived(1, "abroad"));

        assertThat(step.effects()).containsExactly(new Effect.Start("abroad"));
        assertThat(step.state()).isEqualTo(state);
    }

    @Test
    void cancelsATurnThatRunsElsewhere() {
        var state = LaneState.IDLE.next(new Event.Occupied("abroad")).state();

        assertThat(state.next(new Event.Aborted(Optional.empty())).effects())
                .containsExactly(new Effect.Cancel("abroad"));
    }

    @Test
    void keepsItsRunningTurnWhenAnotherOneRunsElsewhereBesideIt() {
        var step = running("a").next(new Event.Occupied("beside"));

        assertThat(step.state()).isEqualTo(running("a"));
        assertThat(step.effects()).isEmpty();
    }

    @Test
    void ignoresTheEndOfATurnThatIsNotTheRunningOne() {
        var step = running("a").next(new Event.Ended("somebody else"));

        assertThat(step.state()).isEqualTo(running("a"));
        assertThat(step.effects()).isEmpty();
    }

    @Test
    void abortsEverythingWhenNoTurnIsNamed() {
        var state = running("a").next(new Event.Arrived(2, "b")).state();
        var step = state.next(new Event.Aborted(Optional.empty()));

        assertThat(step.effects()).containsExactly(new Effect.Cancel("a"), new Effect.Drop("b"));
        assertThat(step.state()).isEqualTo(running("a"));
    }

    @Test
    void abortsOnlyTheWaitingTurnThatIsNamed() {
        var state = running("a").next(new Event.Arrived(2, "b")).state();
        var step = state.next(new Event.Aborted(Optional.of("b")));

        assertThat(step.effects()).containsExactly(new Effect.Drop("b"));
        assertThat(step.state()).isEqualTo(running("a"));
    }

    @Test
    @Tag("I22")
    void neverRunsTwoTurnsAndStartsEachOnceInOrder() {
        for (long seed = 0; seed < 500; seed++) {
            assertThat(violations(seed, false)).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    @Tag("I22")
    void theCheckOfOrderCatchesALaneThatForgetsTheRunningTurn() {
        List<String> found = new ArrayList<>();
        for (long seed = 0; seed < 20; seed++) {
            found.addAll(violations(seed, true));
        }
        assertThat(found).isNotEmpty();
    }

    /**
     * Drives a lane with random events; {@code broken} makes it forget its running turn now and
     * then.
     */
    private static List<String> violations(long seed, boolean broken) {
        var random = new Random(seed);
        var state = LaneState.IDLE;
        List<String> violations = new ArrayList<>();
        Set<String> running = new HashSet<>();
        long arrival = 0;
        long lastStarted = 0;
        for (int i = 0; i < 60; i++) {
            Event event =
                    random.nextBoolean()
                            ? new Event.Arrived(++arrival, Long.toString(arrival))
                            : new Event.Ended(running.stream().findFirst().orElse("none"));
            if (event instanceof Event.Ended(var runId)) {
                running.remove(runId);
            }
            if (broken && random.nextInt(5) == 0) {
                state = new LaneState(Optional.empty(), state.waiting());
            }
            var step = state.next(event);
            state = step.state();
            for (Effect effect : step.effects()) {
                if (effect instanceof Effect.Start(var runId)) {
                    running.add(runId);
                    long started = Long.parseLong(runId);
                    if (started <= lastStarted) {
                        violations.add(runId + " started after " + lastStarted);
                    }
                    lastStarted = started;
                }
            }
            if (running.size() > 1) {
                violations.add("at the same time: " + running);
            }
        }
        return violations;
    }

    private static LaneState running(String runId) {
        return new LaneState(Optional.of(runId), List.of());
    }
}
