package dev.evergate.keeper;

import static dev.evergate.keeper.GatewayPhaseTest.BROKEN;
import static dev.evergate.keeper.GatewayPhaseTest.COMMITTED;
import static dev.evergate.keeper.GatewayPhaseTest.FAILED;
import static dev.evergate.keeper.GatewayPhaseTest.FINISHED;
import static dev.evergate.keeper.GatewayPhaseTest.LATER;
import static dev.evergate.keeper.GatewayPhaseTest.LOST;
import static dev.evergate.keeper.GatewayPhaseTest.OTHER_ENDING;
import static dev.evergate.keeper.GatewayPhaseTest.OTHER_GONE;
import static dev.evergate.keeper.GatewayPhaseTest.OVERDUE;
import static dev.evergate.keeper.GatewayPhaseTest.READY;
import static dev.evergate.keeper.GatewayPhaseTest.REFUSES;
import static dev.evergate.keeper.GatewayPhaseTest.REHEARSED;
import static dev.evergate.keeper.GatewayPhaseTest.RELOAD;
import static dev.evergate.keeper.GatewayPhaseTest.RESTART;
import static dev.evergate.keeper.GatewayPhaseTest.SERVED;
import static dev.evergate.keeper.GatewayPhaseTest.START;
import static dev.evergate.keeper.GatewayPhaseTest.STOP;
import static dev.evergate.keeper.GatewayPhaseTest.STOP_NOW;
import static dev.evergate.keeper.GatewayPhaseTest.TOO_EARLY;
import static dev.evergate.keeper.GatewayPhaseTest.WEDGED;
import static dev.evergate.keeper.GatewayPhaseTest.booting;
import static dev.evergate.keeper.GatewayPhaseTest.condemn;
import static dev.evergate.keeper.GatewayPhaseTest.condemnOther;
import static dev.evergate.keeper.GatewayPhaseTest.exit;
import static dev.evergate.keeper.GatewayPhaseTest.kill;
import static dev.evergate.keeper.GatewayPhaseTest.killOther;
import static dev.evergate.keeper.GatewayPhaseTest.launch;
import static dev.evergate.keeper.GatewayPhaseTest.launchBeside;
import static dev.evergate.keeper.GatewayPhaseTest.row;
import static dev.evergate.keeper.GatewayPhaseTest.serving;
import static dev.evergate.keeper.GatewayPhaseTest.settled;
import static dev.evergate.keeper.GatewayPhaseTest.stopping;
import static dev.evergate.keeper.GatewayPhaseTest.tellStop;
import static dev.evergate.keeper.GatewayPhaseTest.within;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.GatewayPhase.Aborting;
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
import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.GatewayPhaseTest.Row;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** How a successor is tried beside the generation that serves, and how it takes over or not. */
class RestartPhaseTest {
    private static final Track SAFE = new Track(6, 0, Mode.SAFE, Mode.SAFE, true);
    private static final Track TRIAL = new Track(3, 0, Mode.NORMAL, Mode.LAST_GOOD, true);
    private static final GatewayPhase REHEARSING = new Rehearsing(SERVED, Standing.FRESH);
    private static final GatewayPhase HANDING_OVER = new HandingOver(SERVED, Standing.FRESH);
    private static final Effect PROMOTE = new Effect.Promote();
    private static final Effect ABORT = new Effect.Abort();
    private static final Effect RELOADS = new Effect.Reload();

    private static Effect allowExit() {
        return new Effect.Condemn(Role.MAIN, Cause.ZOMBIE);
    }

    static List<Row> rehearsingRows() {
        GatewayPhase tried = new Rehearsing(FAILED, Standing.PROVEN);
        GatewayPhase aborting = new Aborting(SERVED, Standing.FRESH, false);
        GatewayPhase fresh = serving(SERVED, Standing.FRESH);
        Effect killed = within(Limit.KILL);
        return List.of(
                row(
                        REHEARSING,
                        REHEARSED,
                        HANDING_OVER,
                        new Effect.HandOver(),
                        within(Limit.HAND_OVER)),
                row(REHEARSING, OTHER_ENDING, aborting, killOther(Cause.GIVEN_UP), killed),
                row(REHEARSING, COMMITTED, aborting, killOther(Cause.GIVEN_UP), killed),
                row(REHEARSING, OVERDUE, aborting, killOther(Cause.START_OVERDUE), killed),
                row(REHEARSING, OTHER_GONE, fresh, within(Limit.PROOF)),
                row(tried, OTHER_GONE, serving(FAILED, Standing.PROVEN), within(Limit.NONE)),
                row(REHEARSING, LATER, booting(SERVED), PROMOTE, START),
                row(tried, LATER, booting(TRIAL), PROMOTE, START),
                row(REHEARSING, WEDGED, booting(SERVED), condemn(), PROMOTE, START),
                row(REHEARSING, LOST, booting(SERVED), allowExit(), PROMOTE, START),
                row(REHEARSING, FINISHED, booting(SERVED), allowExit(), PROMOTE, START),
                row(REHEARSING, RELOAD, REHEARSING, RELOADS),
                row(REHEARSING, RESTART, REHEARSING),
                row(REHEARSING, BROKEN, REHEARSING),
                row(REHEARSING, READY, REHEARSING),
                row(REHEARSING, REFUSES, REHEARSING),
                row(
                        REHEARSING,
                        STOP,
                        stopping(Ending.ASKED),
                        condemnOther(Cause.STOP_NOW),
                        tellStop(),
                        within(Limit.STOP)),
                row(
                        REHEARSING,
                        STOP_NOW,
                        stopping(Ending.KILLED),
                        condemnOther(Cause.STOP_NOW),
                        kill(Cause.STOP_NOW),
                        killed));
    }

    static List<Row> handingOverRows() {
        GatewayPhase aborting = new Aborting(SERVED, Standing.FRESH, true);
        GatewayPhase trying = new HandingOver(FAILED, Standing.PROVEN);
        Effect killed = within(Limit.KILL);
        Effect handed = new Effect.Tell(Role.BESIDE, "handed");
        return List.of(
                row(
                        HANDING_OVER,
                        COMMITTED,
                        new Draining(SERVED, Ending.ASKED, false),
                        PROMOTE,
                        handed,
                        within(Limit.DRAIN)),
                row(
                        trying,
                        COMMITTED,
                        new Draining(TRIAL, Ending.ASKED, false),
                        PROMOTE,
                        handed,
                        within(Limit.DRAIN)),
                row(HANDING_OVER, OTHER_ENDING, aborting, killOther(Cause.GIVEN_UP), killed),
                row(HANDING_OVER, BROKEN, aborting, killOther(Cause.GIVEN_UP), killed),
                row(HANDING_OVER, OVERDUE, aborting, killOther(Cause.HAND_OVER_OVERDUE), killed),
                row(
                        HANDING_OVER,
                        OTHER_GONE,
                        serving(SERVED, Standing.FRESH),
                        ABORT,
                        within(Limit.PROOF)),
                row(HANDING_OVER, REHEARSED, HANDING_OVER),
                row(HANDING_OVER, LATER, booting(SERVED), PROMOTE, START),
                row(HANDING_OVER, WEDGED, booting(SERVED), condemn(), PROMOTE, START),
                row(HANDING_OVER, LOST, booting(SERVED), allowExit(), PROMOTE, START),
                row(HANDING_OVER, FINISHED, booting(SERVED), allowExit(), PROMOTE, START),
                row(HANDING_OVER, RELOAD, HANDING_OVER, RELOADS),
                row(HANDING_OVER, RESTART, HANDING_OVER),
                row(HANDING_OVER, READY, HANDING_OVER),
                row(HANDING_OVER, REFUSES, HANDING_OVER),
                row(
                        HANDING_OVER,
                        STOP,
                        stopping(Ending.ASKED),
                        condemnOther(Cause.STOP_NOW),
                        tellStop(),
                        within(Limit.STOP)),
                row(
                        HANDING_OVER,
                        STOP_NOW,
                        stopping(Ending.KILLED),
                        condemnOther(Cause.STOP_NOW),
                        kill(Cause.STOP_NOW),
                        killed));
    }

    static List<Row> abortingRows() {
        GatewayPhase unaware = new Aborting(SERVED, Standing.FRESH, false);
        GatewayPhase given = new Aborting(FAILED, Standing.PROVEN, true);
        GatewayPhase safe = new Aborting(SAFE, Standing.PROVEN, false);
        Track once = new Track(1, 0, Mode.NORMAL, Mode.NORMAL, true);
        Effect giveUp = condemnOther(Cause.GIVEN_UP);
        return List.of(
                row(unaware, OTHER_GONE, serving(SERVED, Standing.FRESH), within(Limit.PROOF)),
                row(given, OTHER_GONE, serving(FAILED, Standing.PROVEN), ABORT, within(Limit.NONE)),
                row(safe, OTHER_GONE, serving(SAFE, Standing.PROVEN), within(Limit.RETRY)),
                row(given, OVERDUE, given, killOther(Cause.GIVEN_UP), within(Limit.KILL)),
                row(given, COMMITTED, given),
                row(given, REHEARSED, given),
                row(given, OTHER_ENDING, given),
                row(given, BROKEN, given),
                row(given, READY, given),
                row(given, REFUSES, given),
                row(given, RESTART, given),
                row(unaware, RELOAD, unaware, RELOADS),
                row(given, RELOAD, given),
                row(unaware, LATER, booting(SERVED), giveUp, launch(), START),
                row(unaware, TOO_EARLY, booting(once), giveUp, launch(), START),
                row(unaware, WEDGED, booting(SERVED), giveUp, condemn(), launch(), START),
                row(unaware, LOST, serving(SERVED, Standing.ENDING), giveUp, within(Limit.EXIT)),
                row(
                        unaware,
                        FINISHED,
                        serving(SERVED, Standing.ENDING),
                        giveUp,
                        within(Limit.EXIT)),
                row(
                        given,
                        STOP,
                        stopping(Ending.ASKED),
                        condemnOther(Cause.STOP_NOW),
                        tellStop(),
                        within(Limit.STOP)),
                row(
                        given,
                        STOP_NOW,
                        stopping(Ending.KILLED),
                        condemnOther(Cause.STOP_NOW),
                        kill(Cause.STOP_NOW),
                        within(Limit.KILL)));
    }

    static List<Row> drainingRows() {
        GatewayPhase asked = new Draining(SERVED, Ending.ASKED, false);
        GatewayPhase again = new Draining(SERVED, Ending.ASKED, true);
        GatewayPhase finished = new Draining(SERVED, Ending.FINISHED, false);
        GatewayPhase killed = new Draining(SERVED, Ending.KILLED, false);
        Track once = new Track(1, 0, Mode.NORMAL, Mode.NORMAL, true);
        Effect giveUp = condemnOther(Cause.GIVEN_UP);
        Effect tellOther = new Effect.Tell(Role.BESIDE, "stop");
        return List.of(
                row(asked, OTHER_ENDING, finished, within(Limit.EXIT)),
                row(finished, OTHER_ENDING, finished),
                row(asked, OVERDUE, killed, killOther(Cause.STOP_OVERDUE), within(Limit.KILL)),
                row(finished, OVERDUE, killed, killOther(Cause.ZOMBIE), within(Limit.KILL)),
                row(killed, OVERDUE, killed, killOther(Cause.STOP_OVERDUE), within(Limit.KILL)),
                row(finished, OTHER_GONE, serving(SERVED, Standing.FRESH), within(Limit.PROOF)),
                row(again, OTHER_GONE, REHEARSING, launchBeside(), START),
                row(asked, RESTART, again),
                row(again, RESTART, again),
                row(
                        again,
                        OTHER_ENDING,
                        new Draining(SERVED, Ending.FINISHED, true),
                        within(Limit.EXIT)),
                row(asked, RELOAD, asked, RELOADS),
                row(asked, COMMITTED, asked),
                row(asked, REHEARSED, asked),
                row(asked, READY, asked),
                row(asked, REFUSES, asked),
                row(asked, BROKEN, asked),
                row(asked, LATER, booting(SERVED), giveUp, launch(), START),
                row(again, TOO_EARLY, booting(once), giveUp, launch(), START),
                row(asked, WEDGED, booting(SERVED), giveUp, condemn(), launch(), START),
                row(asked, LOST, serving(SERVED, Standing.ENDING), giveUp, within(Limit.EXIT)),
                row(asked, FINISHED, serving(SERVED, Standing.ENDING), giveUp, within(Limit.EXIT)),
                row(
                        asked,
                        STOP,
                        stopping(Ending.ASKED, Ending.ASKED),
                        tellStop(),
                        tellOther,
                        within(Limit.STOP)),
                row(
                        finished,
                        STOP,
                        stopping(Ending.ASKED, Ending.FINISHED),
                        tellStop(),
                        tellOther,
                        within(Limit.STOP)),
                row(
                        asked,
                        STOP_NOW,
                        stopping(Ending.KILLED, Ending.KILLED),
                        kill(Cause.STOP_NOW),
                        killOther(Cause.STOP_NOW),
                        within(Limit.KILL)));
    }

    static List<Row> stoppingRows() {
        GatewayPhase both = stopping(Ending.ASKED, Ending.ASKED);
        GatewayPhase main = stopping(Ending.ASKED, Ending.FINISHED);
        GatewayPhase other = stopping(Ending.FINISHED, Ending.ASKED);
        GatewayPhase none = stopping(Ending.FINISHED, Ending.FINISHED);
        GatewayPhase gone = stopping(Ending.GONE);
        return List.of(
                row(both, FINISHED, other),
                row(both, OTHER_ENDING, main),
                row(other, OTHER_ENDING, none, within(Limit.EXIT)),
                row(main, LOST, none, within(Limit.EXIT)),
                row(both, LATER, stopping(Ending.GONE, Ending.ASKED)),
                row(both, OTHER_GONE, stopping(Ending.ASKED)),
                row(main, LATER, stopping(Ending.GONE, Ending.FINISHED), within(Limit.EXIT)),
                row(other, OTHER_GONE, stopping(Ending.FINISHED), within(Limit.EXIT)),
                row(
                        stopping(Ending.GONE, Ending.FINISHED),
                        OTHER_GONE,
                        gone,
                        exit(Verdict.STOPPED)),
                row(
                        both,
                        OVERDUE,
                        stopping(Ending.KILLED, Ending.KILLED),
                        kill(Cause.STOP_OVERDUE),
                        killOther(Cause.STOP_OVERDUE),
                        within(Limit.KILL)),
                row(
                        main,
                        OVERDUE,
                        stopping(Ending.KILLED, Ending.KILLED),
                        kill(Cause.STOP_OVERDUE),
                        killOther(Cause.ZOMBIE),
                        within(Limit.KILL)),
                row(
                        stopping(Ending.GONE, Ending.ASKED),
                        OVERDUE,
                        stopping(Ending.GONE, Ending.KILLED),
                        killOther(Cause.STOP_OVERDUE),
                        within(Limit.KILL)),
                row(
                        stopping(Ending.GONE, Ending.KILLED),
                        OVERDUE,
                        stopping(Ending.GONE, Ending.KILLED),
                        exit(Verdict.STOPPED)),
                row(both, WEDGED, stopping(Ending.GONE, Ending.ASKED), condemn()),
                row(
                        main,
                        WEDGED,
                        stopping(Ending.GONE, Ending.FINISHED),
                        condemn(),
                        within(Limit.EXIT)),
                row(
                        both,
                        STOP_NOW,
                        stopping(Ending.KILLED, Ending.KILLED),
                        kill(Cause.STOP_NOW),
                        killOther(Cause.STOP_NOW),
                        within(Limit.KILL)));
    }

    @ParameterizedTest
    @MethodSource({
        "rehearsingRows",
        "handingOverRows",
        "abortingRows",
        "drainingRows",
        "stoppingRows"
    })
    void followsTheTable(Row row) {
        assertThat(GatewayPhaseTest.unsettled(GatewayPhase.next(row.from(), row.event())))
                .isEqualTo(new Next(row.to(), row.effects()));
    }

    @Test
    @Tag("I3")
    void tellsWhoWaitsForARestartWhenItIsDecided() {
        GatewayPhase draining = new Draining(SERVED, Ending.ASKED, false);
        GatewayPhase aborting = new Aborting(SERVED, Standing.FRESH, true);

        assertThat(settled(REHEARSING, REHEARSED)).isEmpty();
        assertThat(settled(HANDING_OVER, COMMITTED)).containsExactly(true);
        assertThat(settled(REHEARSING, OTHER_GONE)).containsExactly(false);
        assertThat(settled(HANDING_OVER, OTHER_ENDING)).as("it still lives").isEmpty();
        assertThat(settled(aborting, OTHER_GONE)).containsExactly(false);
        assertThat(settled(REHEARSING, LATER)).as("the successor goes on").isEmpty();
        assertThat(settled(REHEARSING, STOP)).containsExactly(false);
        assertThat(settled(draining, OTHER_GONE)).as("that was at the commit").isEmpty();
        assertThat(settled(draining, STOP)).containsExactly(false);
    }

    /** Whatever happens to a restart before it commits, what served before serves as before. */
    @Test
    void anAbortedRestartChangesNothingAboutTheGenerationThatServes() {
        for (Standing standing : List.of(Standing.FRESH, Standing.PROVEN)) {
            for (Track track : List.of(SERVED, FAILED, SAFE)) {
                for (List<Event> story :
                        List.of(
                                List.of(RESTART, OTHER_GONE),
                                List.of(RESTART, OVERDUE, OTHER_GONE),
                                List.of(RESTART, OTHER_ENDING, OVERDUE, OTHER_GONE),
                                List.of(RESTART, REHEARSED, OTHER_GONE),
                                List.of(RESTART, REHEARSED, BROKEN, OTHER_GONE),
                                List.of(RESTART, REHEARSED, OVERDUE, COMMITTED, OTHER_GONE))) {
                    GatewayPhase phase = serving(track, standing);
                    for (Event event : story) {
                        phase = GatewayPhase.next(phase, event).phase();
                    }
                    assertThat(phase).as("%s", story).isEqualTo(serving(track, standing));
                }
            }
        }
    }

    /** It would write, and answer connections, beside the one that goes on. */
    @Test
    @Tag("I8")
    void aSuccessorThatWasGivenUpIsDeadBeforeItsPredecessorHearsOfIt() {
        for (GatewayPhase phase : GatewayPhaseTest.reachable()) {
            for (Event event : GatewayPhaseTest.EVENTS) {
                Next next = GatewayPhase.next(phase, event);
                if (next.effects().contains(ABORT)) {
                    assertThat(event).as("%s", phase).isEqualTo(OTHER_GONE);
                }
            }
        }
    }
}
