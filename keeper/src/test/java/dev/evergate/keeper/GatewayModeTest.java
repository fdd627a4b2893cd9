package dev.evergate.keeper;

import static dev.evergate.keeper.GatewayPhaseTest.COMMITTED;
import static dev.evergate.keeper.GatewayPhaseTest.FAILED;
import static dev.evergate.keeper.GatewayPhaseTest.LATER;
import static dev.evergate.keeper.GatewayPhaseTest.MUST_WAIT;
import static dev.evergate.keeper.GatewayPhaseTest.NEVER_READY;
import static dev.evergate.keeper.GatewayPhaseTest.OTHER_GONE;
import static dev.evergate.keeper.GatewayPhaseTest.OVERDUE;
import static dev.evergate.keeper.GatewayPhaseTest.READY;
import static dev.evergate.keeper.GatewayPhaseTest.REHEARSED;
import static dev.evergate.keeper.GatewayPhaseTest.RELOAD;
import static dev.evergate.keeper.GatewayPhaseTest.RESTART;
import static dev.evergate.keeper.GatewayPhaseTest.SERVED;
import static dev.evergate.keeper.GatewayPhaseTest.START;
import static dev.evergate.keeper.GatewayPhaseTest.TOO_EARLY;
import static dev.evergate.keeper.GatewayPhaseTest.TRIAL;
import static dev.evergate.keeper.GatewayPhaseTest.WEDGED;
import static dev.evergate.keeper.GatewayPhaseTest.WEDGED_EARLY;
import static dev.evergate.keeper.GatewayPhaseTest.booting;
import static dev.evergate.keeper.GatewayPhaseTest.condemn;
import static dev.evergate.keeper.GatewayPhaseTest.condemnOther;
import static dev.evergate.keeper.GatewayPhaseTest.launch;
import static dev.evergate.keeper.GatewayPhaseTest.launchBeside;
import static dev.evergate.keeper.GatewayPhaseTest.row;
import static dev.evergate.keeper.GatewayPhaseTest.serving;
import static dev.evergate.keeper.GatewayPhaseTest.within;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.GatewayPhase.Backoff;
import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Draining;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Ending;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.HandingOver;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Mode;
import dev.evergate.keeper.GatewayPhase.Next;
import dev.evergate.keeper.GatewayPhase.Rehearsing;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Standing;
import dev.evergate.keeper.GatewayPhase.Track;
import dev.evergate.keeper.GatewayPhaseTest.Row;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** How failed starts change what is started, and how a gateway finds back. */
class GatewayModeTest {
    private static final Track SAFE = new Track(0, 0, Mode.SAFE, Mode.SAFE, true);
    private static final Track SAFE_TRIAL = new Track(0, 0, Mode.NORMAL, Mode.SAFE, true);

    static List<Row> rows() {
        Track lastGood = new Track(0, 0, Mode.LAST_GOOD, Mode.LAST_GOOD, true);
        Track twice = new Track(2, 0, Mode.NORMAL, Mode.NORMAL, true);
        Track fiveTimes = new Track(5, 0, Mode.LAST_GOOD, Mode.LAST_GOOD, true);
        Track sixTimes = new Track(6, 0, Mode.SAFE, Mode.SAFE, true);
        GatewayPhase good = serving(SERVED, Standing.PROVEN);
        GatewayPhase safe = serving(SAFE, Standing.PROVEN);
        GatewayPhase trial = serving(SAFE_TRIAL, Standing.FRESH);
        GatewayPhase trying = new Rehearsing(SAFE, Standing.PROVEN);
        GatewayPhase handing = new HandingOver(SAFE, Standing.PROVEN);
        GatewayPhase drained = new Draining(SAFE_TRIAL, Ending.ASKED, false);
        return List.of(
                row(booting(twice), NEVER_READY, new Backoff(FAILED), within(Limit.BACKOFF)),
                row(booting(fiveTimes), NEVER_READY, new Backoff(sixTimes), within(Limit.BACKOFF)),
                row(new Backoff(FAILED), OVERDUE, booting(FAILED), launch(Mode.LAST_GOOD), START),
                row(new Backoff(FAILED), RESTART, booting(TRIAL), launch(Mode.NORMAL), START),
                row(new Backoff(FAILED), RELOAD, booting(TRIAL), launch(Mode.NORMAL), START),
                row(
                        serving(FAILED, Standing.FRESH),
                        OVERDUE,
                        serving(lastGood, Standing.PROVEN),
                        within(Limit.NONE)),
                row(serving(sixTimes, Standing.FRESH), OVERDUE, safe, within(Limit.RETRY)),
                row(serving(twice, Standing.FRESH), OVERDUE, good, within(Limit.NONE)),
                row(good, RELOAD, good, new Effect.Reload()),
                row(safe, RELOAD, trying, launchBeside(), START),
                row(safe, OVERDUE, trying, launchBeside(), START),
                row(trying, OTHER_GONE, safe, within(Limit.RETRY)),
                row(
                        handing,
                        COMMITTED,
                        drained,
                        new Effect.Promote(),
                        new Effect.Tell(Role.BESIDE, "handed"),
                        within(Limit.DRAIN)),
                row(drained, OTHER_GONE, trial, within(Limit.PROOF)),
                row(
                        drained,
                        TOO_EARLY,
                        booting(SAFE),
                        condemnOther(Cause.GIVEN_UP),
                        launch(Mode.SAFE),
                        START),
                row(booting(SAFE_TRIAL), NEVER_READY, booting(SAFE), launch(Mode.SAFE), START),
                row(trial, TOO_EARLY, booting(SAFE), launch(Mode.SAFE), START),
                row(trial, LATER, booting(SAFE), launch(Mode.SAFE), START),
                row(trial, WEDGED, booting(SAFE), condemn(), launch(Mode.SAFE), START),
                row(trial, WEDGED_EARLY, booting(SAFE), condemn(), launch(Mode.SAFE), START),
                row(trial, OVERDUE, good, within(Limit.NONE)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void followsTheTable(Row row) {
        assertThat(GatewayPhaseTest.unsettled(GatewayPhase.next(row.from(), row.event())))
                .isEqualTo(new Next(row.to(), row.effects()));
    }

    @Test
    @Tag("I9")
    void failedStartsNeverEndTheKeeper() {
        GatewayPhase phase = GatewayPhase.first().phase();
        for (int i = 1; i <= 50; i++) {
            phase = GatewayPhase.next(phase, NEVER_READY).phase();
            if (phase instanceof Backoff(var track)) {
                assertThat(track.failures()).isEqualTo(i);
                phase = GatewayPhase.next(phase, OVERDUE).phase();
            }
        }

        assertThat(phase).isEqualTo(booting(new Track(50, 0, Mode.SAFE, Mode.SAFE, false)));
    }

    @Test
    @Tag("I9")
    void waitingForAPortNeverMakesAStartLessThanNormal() {
        GatewayPhase phase = GatewayPhase.first().phase();
        for (int i = 1; i <= 50; i++) {
            phase = GatewayPhase.next(phase, MUST_WAIT).phase();
            phase = GatewayPhase.next(phase, NEVER_READY).phase();
            Next next = GatewayPhase.next(phase, OVERDUE);

            assertThat(next.effects()).contains(launch(Mode.NORMAL));
            phase = next.phase();
        }
    }

    /** A gateway in safe mode whose normal starts succeed again, and nobody looks. */
    @Test
    @Tag("I9")
    void healsByItselfFromSafeMode() {
        GatewayPhase phase = booting(new Track(6, 0, Mode.SAFE, Mode.SAFE, true));
        for (Event event :
                List.of(READY, OVERDUE, OVERDUE, REHEARSED, COMMITTED, OTHER_GONE, OVERDUE)) {
            phase = GatewayPhase.next(phase, event).phase();
        }

        assertThat(phase).isEqualTo(serving(SERVED, Standing.PROVEN));
    }
}
