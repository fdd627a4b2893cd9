package dev.evergate.core.lifecycle;

import static dev.evergate.core.lifecycle.Phase.DRAINING;
import static dev.evergate.core.lifecycle.Phase.HANDING_OVER;
import static dev.evergate.core.lifecycle.Phase.RUNNING;
import static dev.evergate.core.lifecycle.Phase.STANDBY;
import static dev.evergate.core.lifecycle.Phase.STARTING;
import static dev.evergate.core.lifecycle.Phase.STOPPED;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.lifecycle.Phase.Effect;
import dev.evergate.core.lifecycle.Phase.Event;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

@Tag("I1")
class PhaseTest {
    @Test
    void goesFromStartToEndThroughEveryPhase() {
        assertThat(STARTING.next(Event.BUILT)).isEqualTo(then(STANDBY, Effect.REHEARSE));
        assertThat(STANDBY.next(Event.CALLED)).isEqualTo(then(STANDBY, Effect.ENTER));
        assertThat(STANDBY.next(Event.ENTERED)).isEqualTo(then(RUNNING, Effect.SERVE));
        assertThat(RUNNING.next(Event.STOP_REQUESTED)).isEqualTo(then(DRAINING, Effect.DRAIN));
        assertThat(DRAINING.next(Event.DRAINED)).isEqualTo(then(STOPPED, Effect.FINISH));
    }

    @Test
    void handsOverAndDrainsWhenTheSuccessorServes() {
        assertThat(RUNNING.next(Event.HAND_OVER_WANTED))
                .isEqualTo(then(HANDING_OVER, Effect.HAND_OVER));
        assertThat(HANDING_OVER.next(Event.STOP_REQUESTED)).isEqualTo(then(DRAINING, Effect.DRAIN));
        assertThat(HANDING_OVER.next(Event.KEEPER_LOST)).isEqualTo(then(DRAINING, Effect.DRAIN));
    }

    @Test
    void servesOnWhenAHandOverIsAborted() {
        assertThat(HANDING_OVER.next(Event.HAND_OVER_ABORTED))
                .isEqualTo(then(RUNNING, Effect.GO_ON));
        assertThat(DRAINING.next(Event.HAND_OVER_ABORTED)).isEqualTo(then(DRAINING));
    }

    @Test
    void endsAtOnceWhenTheStartIsNotOver() {
        for (Phase unserved : List.of(STARTING, STANDBY)) {
            assertThat(unserved.next(Event.STOP_REQUESTED)).isEqualTo(then(STOPPED, Effect.FINISH));
            assertThat(unserved.next(Event.KEEPER_LOST)).isEqualTo(then(STOPPED, Effect.FINISH));
        }
    }

    @Test
    void saysWhyItCannotServe() {
        for (Phase unstopped : List.of(STARTING, STANDBY, RUNNING)) {
            assertThat(unstopped.next(Event.FAILED)).isEqualTo(then(STOPPED, Effect.REFUSE));
        }
    }

    @Test
    void hurriesWhenItsEndIsAskedForAgain() {
        assertThat(DRAINING.next(Event.KEEPER_LOST)).isEqualTo(then(DRAINING, Effect.HURRY));
        assertThat(DRAINING.next(Event.STOP_REQUESTED)).isEqualTo(then(DRAINING, Effect.HURRY));
        assertThat(DRAINING.next(Event.OVERDUE)).isEqualTo(then(STOPPED, Effect.FINISH));
    }

    @ParameterizedTest
    @EnumSource
    void doesNothingAfterTheEnd(Event event) {
        assertThat(STOPPED.next(event)).isEqualTo(then(STOPPED));
    }

    @ParameterizedTest
    @EnumSource
    void comesBackToAnEarlierPhaseOnlyFromAnAbortedHandOver(Event event) {
        for (Phase phase : Phase.values()) {
            if (phase != HANDING_OVER || event != Event.HAND_OVER_ABORTED) {
                assertThat(phase.next(event).phase()).isGreaterThanOrEqualTo(phase);
            }
        }
    }

    private static Phase.Next then(Phase phase, Effect... effects) {
        return new Phase.Next(phase, List.of(effects));
    }
}
