package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.GatewayPhase.Aborting;
import dev.evergate.keeper.GatewayPhase.Backoff;
import dev.evergate.keeper.GatewayPhase.Booting;
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
import dev.evergate.keeper.GatewayPhase.Serving;
import dev.evergate.keeper.GatewayPhase.Sign;
import dev.evergate.keeper.GatewayPhase.Standing;
import dev.evergate.keeper.GatewayPhase.Start;
import dev.evergate.keeper.GatewayPhase.Stopping;
import dev.evergate.keeper.GatewayPhase.Track;
import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.link.Refusal;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

class GatewayPhaseTest {
    private static final Track NEW = Track.NEW;
    static final Track SERVED = new Track(0, 0, Mode.NORMAL, Mode.NORMAL, true);
    static final Track FAILED = new Track(3, 0, Mode.LAST_GOOD, Mode.LAST_GOOD, true);
    private static final Track FAILED_AGAIN = new Track(4, 0, Mode.LAST_GOOD, Mode.LAST_GOOD, true);
    static final Track TRIAL = new Track(3, 0, Mode.NORMAL, Mode.LAST_GOOD, true);
    private static final Verdict REFUSED = new Verdict(78, "no");

    static final Event READY = new Event.Ready();
    static final Event REFUSES = new Event.Refused(new Refusal(78, "no"), false);
    static final Event MUST_WAIT = new Event.Refused(new Refusal(78, "no"), true);
    static final Event FINISHED = new Event.Finished();
    static final Event LOST = new Event.Lost();
    static final Event NEVER_READY = new Event.Ended(-1, false);
    static final Event TOO_EARLY = new Event.Ended(4_999, false);
    static final Event EARLY_BY_SIGNAL = new Event.Ended(10, true);
    static final Event LATER = new Event.Ended(5_000, false);
    static final Event OVERDUE = new Event.DeadlinePassed();
    static final Event WEDGED = new Event.Wedged(5_000);
    static final Event WEDGED_EARLY = new Event.Wedged(4_999);
    static final Event RELOAD = new Event.ReloadWanted();
    static final Event RESTART = new Event.RestartWanted();
    static final Event STOP = new Event.StopWanted();
    static final Event STOP_NOW = new Event.StopNowWanted();
    static final Effect START = new Effect.Within(Limit.START);
    static final Event BROKEN = new Event.Broken();
    static final Event REHEARSED = new Event.Beside(Sign.REHEARSED);
    static final Event COMMITTED = new Event.Beside(Sign.COMMITTED);
    static final Event OTHER_ENDING = new Event.Beside(Sign.ENDING);
    static final Event OTHER_GONE = new Event.Beside(Sign.GONE);
    static final List<Event> EVENTS =
            List.of(
                    BROKEN,
                    REHEARSED,
                    COMMITTED,
                    OTHER_ENDING,
                    OTHER_GONE,
                    READY,
                    REFUSES,
                    MUST_WAIT,
                    FINISHED,
                    LOST,
                    NEVER_READY,
                    TOO_EARLY,
                    EARLY_BY_SIGNAL,
                    LATER,
                    OVERDUE,
                    WEDGED,
                    WEDGED_EARLY,
                    RELOAD,
                    RESTART,
                    STOP,
                    STOP_NOW);

    /** A row of the table: from, event, to, effects. */
    record Row(GatewayPhase from, Event event, GatewayPhase to, List<Effect> effects) {}

    static Row row(GatewayPhase from, Event event, GatewayPhase to, Effect... effects) {
        return new Row(from, event, to, List.of(effects));
    }

    static Effect within(Limit limit) {
        return new Effect.Within(limit);
    }

    static Effect kill(Cause cause) {
        return new Effect.Kill(Role.MAIN, cause);
    }

    static Effect killOther(Cause cause) {
        return new Effect.Kill(Role.BESIDE, cause);
    }

    static Effect tellStop() {
        return new Effect.Tell(Role.MAIN, "stop");
    }

    static Effect exit(Verdict verdict) {
        return new Effect.Exit(verdict);
    }

    static Effect launch() {
        return launch(Mode.NORMAL);
    }

    static Effect launch(Mode mode) {
        return new Effect.Launch(mode);
    }

    static Effect condemn() {
        return new Effect.Condemn(Role.MAIN, Cause.WEDGED);
    }

    static Effect condemnOther(Cause cause) {
        return new Effect.Condemn(Role.BESIDE, cause);
    }

    static Effect launchBeside() {
        return new Effect.LaunchBeside();
    }

    static GatewayPhase serving(Track track, Standing standing) {
        return new Serving(track, standing);
    }

    static GatewayPhase booting(Track track) {
        return new Booting(track, Start.UNDERWAY);
    }

    static GatewayPhase stopping(Ending ending) {
        return stopping(ending, Ending.GONE);
    }

    static GatewayPhase stopping(Ending ending, Ending beside) {
        return new Stopping(Verdict.STOPPED, ending, beside);
    }

    static List<Row> bootingRows() {
        GatewayPhase fresh = booting(NEW);
        GatewayPhase again = booting(FAILED);
        GatewayPhase waiting = new Booting(NEW, Start.WAITING);
        GatewayPhase ending = new Booting(FAILED, Start.ENDING);
        Track once = new Track(1, 0, Mode.NORMAL, Mode.NORMAL, false);
        Track waited = new Track(0, 1, Mode.NORMAL, Mode.NORMAL, false);
        return List.of(
                row(fresh, READY, serving(SERVED, Standing.FRESH), within(Limit.PROOF)),
                row(again, READY, serving(FAILED, Standing.FRESH), within(Limit.PROOF)),
                row(
                        fresh,
                        REFUSES,
                        new Stopping(REFUSED, Ending.FINISHED, Ending.GONE),
                        within(Limit.EXIT)),
                row(again, REFUSES, ending, within(Limit.EXIT)),
                row(fresh, MUST_WAIT, waiting, within(Limit.EXIT)),
                row(waiting, NEVER_READY, new Backoff(waited), within(Limit.BACKOFF)),
                row(waiting, FINISHED, waiting),
                row(waiting, LOST, waiting),
                row(waiting, OVERDUE, waiting, kill(Cause.ZOMBIE), within(Limit.KILL)),
                row(again, FINISHED, ending, within(Limit.EXIT)),
                row(again, LOST, ending, within(Limit.EXIT)),
                row(ending, LOST, ending),
                row(ending, OVERDUE, ending, kill(Cause.ZOMBIE), within(Limit.KILL)),
                row(fresh, OVERDUE, fresh, kill(Cause.START_OVERDUE), within(Limit.KILL)),
                row(fresh, NEVER_READY, booting(once), launch(), within(Limit.START)),
                row(again, NEVER_READY, new Backoff(FAILED_AGAIN), within(Limit.BACKOFF)),
                row(fresh, STOP, stopping(Ending.ASKED), tellStop(), within(Limit.STOP)),
                row(
                        fresh,
                        STOP_NOW,
                        stopping(Ending.KILLED),
                        kill(Cause.STOP_NOW),
                        within(Limit.KILL)),
                row(fresh, WEDGED, fresh),
                row(fresh, RELOAD, fresh, new Effect.Reload()),
                row(fresh, RESTART, fresh));
    }

    static List<Row> servingRows() {
        GatewayPhase fresh = serving(FAILED, Standing.FRESH);
        GatewayPhase ending = serving(FAILED, Standing.ENDING);
        GatewayPhase back = booting(FAILED);
        Track once = new Track(1, 0, Mode.NORMAL, Mode.NORMAL, true);
        return List.of(
                row(fresh, FINISHED, ending, within(Limit.EXIT)),
                row(fresh, LOST, ending, within(Limit.EXIT)),
                row(ending, LOST, ending),
                row(ending, FINISHED, ending),
                row(ending, OVERDUE, ending, kill(Cause.ZOMBIE), within(Limit.KILL)),
                row(fresh, TOO_EARLY, new Backoff(FAILED_AGAIN), within(Limit.BACKOFF)),
                row(
                        serving(SERVED, Standing.FRESH),
                        TOO_EARLY,
                        booting(once),
                        launch(),
                        within(Limit.START)),
                row(fresh, EARLY_BY_SIGNAL, back, launch(Mode.LAST_GOOD), within(Limit.START)),
                row(fresh, LATER, back, launch(Mode.LAST_GOOD), within(Limit.START)),
                row(ending, LATER, back, launch(Mode.LAST_GOOD), within(Limit.START)),
                row(fresh, WEDGED, back, condemn(), launch(Mode.LAST_GOOD), within(Limit.START)),
                row(
                        fresh,
                        WEDGED_EARLY,
                        new Backoff(FAILED_AGAIN),
                        condemn(),
                        within(Limit.BACKOFF)),
                row(ending, WEDGED, ending),
                row(fresh, RESTART, new Rehearsing(FAILED, Standing.FRESH), launchBeside(), START),
                row(ending, RESTART, ending),
                row(fresh, STOP, stopping(Ending.ASKED), tellStop(), within(Limit.STOP)),
                row(
                        fresh,
                        STOP_NOW,
                        stopping(Ending.KILLED),
                        kill(Cause.STOP_NOW),
                        within(Limit.KILL)),
                row(fresh, READY, fresh),
                row(fresh, REFUSES, fresh));
    }

    static List<Row> backoffRows() {
        Backoff backoff = new Backoff(SERVED);
        GatewayPhase stopped = stopping(Ending.GONE);
        return List.of(
                row(backoff, OVERDUE, booting(SERVED), launch(), START),
                row(backoff, RESTART, booting(SERVED), launch(), START),
                row(backoff, STOP, stopped, exit(Verdict.STOPPED)),
                row(backoff, STOP_NOW, stopped, exit(Verdict.STOPPED)),
                row(backoff, NEVER_READY, backoff),
                row(backoff, WEDGED, backoff),
                row(backoff, LOST, backoff));
    }

    static List<Row> stoppingRows() {
        GatewayPhase asked = stopping(Ending.ASKED);
        GatewayPhase finished = stopping(Ending.FINISHED);
        GatewayPhase killed = stopping(Ending.KILLED);
        GatewayPhase refused = new Stopping(REFUSED, Ending.FINISHED, Ending.GONE);
        return List.of(
                row(asked, FINISHED, finished, within(Limit.EXIT)),
                row(asked, LOST, finished, within(Limit.EXIT)),
                row(finished, FINISHED, finished),
                row(asked, OVERDUE, killed, kill(Cause.STOP_OVERDUE), within(Limit.KILL)),
                row(finished, OVERDUE, killed, kill(Cause.ZOMBIE), within(Limit.KILL)),
                row(killed, OVERDUE, killed, exit(Verdict.STOPPED)),
                row(asked, LATER, stopping(Ending.GONE), exit(Verdict.STOPPED)),
                row(asked, WEDGED, killed, kill(Cause.WEDGED), within(Limit.KILL)),
                row(finished, WEDGED, finished),
                row(asked, RELOAD, asked),
                row(
                        refused,
                        NEVER_READY,
                        new Stopping(REFUSED, Ending.GONE, Ending.GONE),
                        exit(REFUSED)),
                row(asked, STOP_NOW, killed, kill(Cause.STOP_NOW), within(Limit.KILL)),
                row(asked, STOP, asked),
                row(asked, RESTART, asked),
                row(asked, READY, asked));
    }

    @ParameterizedTest
    @MethodSource({"bootingRows", "servingRows", "backoffRows", "stoppingRows"})
    void followsTheTable(Row row) {
        assertThat(unsettled(GatewayPhase.next(row.from(), row.event())))
                .isEqualTo(new Next(row.to(), row.effects()));
    }

    /** Who waits for a restart is no matter of the rows. */
    static Next unsettled(Next next) {
        return new Next(
                next.phase(),
                next.effects().stream().filter(e -> !(e instanceof Effect.Settle)).toList());
    }

    @Test
    @Tag("I3")
    void tellsWhoWaitsForARestartWhetherItServes() {
        assertThat(settled(booting(NEW), READY)).containsExactly(true);
        assertThat(settled(booting(NEW), NEVER_READY)).as("the second try may do it").isEmpty();
        assertThat(settled(booting(FAILED), NEVER_READY)).containsExactly(false);
        assertThat(settled(booting(TRIAL), NEVER_READY)).containsExactly(false);
        assertThat(settled(booting(NEW), REFUSES)).containsExactly(false);
        assertThat(settled(serving(SERVED, Standing.FRESH), STOP)).containsExactly(false);
        assertThat(settled(booting(NEW), STOP_NOW)).containsExactly(false);
    }

    static List<Boolean> settled(GatewayPhase phase, Event event) {
        List<Boolean> settled = new ArrayList<>();
        for (Effect effect : GatewayPhase.next(phase, event).effects()) {
            if (effect instanceof Effect.Settle(var isGranted)) {
                settled.add(isGranted);
            }
        }
        return settled;
    }

    @Test
    void beginsWithALaunchThatHasADeadline() {
        assertThat(GatewayPhase.first())
                .isEqualTo(new Next(booting(NEW), List.of(launch(), START)));
    }

    /** Every phase that can be reached; counted no further than six failures and one wait. */
    static Set<GatewayPhase> reachable() {
        Set<GatewayPhase> seen = new HashSet<>();
        Deque<GatewayPhase> open = new ArrayDeque<>(List.of(GatewayPhase.first().phase()));
        while (!open.isEmpty()) {
            GatewayPhase phase = open.remove();
            if (seen.add(phase)) {
                for (Event event : EVENTS) {
                    open.add(capped(GatewayPhase.next(phase, event).phase()));
                }
            }
        }
        return seen;
    }

    private static GatewayPhase capped(GatewayPhase phase) {
        return switch (phase) {
            case Booting(var track, var start) -> new Booting(capped(track), start);
            case Serving(var track, var standing) -> new Serving(capped(track), standing);
            case Rehearsing(var track, var standing) -> new Rehearsing(capped(track), standing);
            case HandingOver(var track, var standing) -> new HandingOver(capped(track), standing);
            case Aborting(var track, var standing, var isGiven) ->
                    new Aborting(capped(track), standing, isGiven);
            case Draining(var track, var ending, var isAgain) ->
                    new Draining(capped(track), ending, isAgain);
            case Backoff(var track) -> new Backoff(capped(track));
            case Stopping stopping -> stopping;
        };
    }

    private static Track capped(Track track) {
        return new Track(
                Math.min(track.failures(), 6),
                Math.min(track.waits(), 1),
                track.mode(),
                track.fallback(),
                track.served());
    }

    @Test
    void reachesEveryPhaseInEveryForm() {
        assertThat(reachable()).hasSizeGreaterThan(30);
        assertThat(reachable())
                .extracting(GatewayPhase::label)
                .contains("booting", "serving", "rehearsing", "handing-over", "aborting")
                .contains("draining", "backoff", "stopping");
    }

    /** Whether it may go on for ever; one in safe mode may not. */
    private static boolean isProven(GatewayPhase phase) {
        return phase instanceof Serving(var track, var standing)
                && standing == Standing.PROVEN
                && track.mode() != Mode.SAFE;
    }

    @Test
    @Tag("I1")
    void noPhaseWaitsWithoutADeadlineExceptAProvenOne() {
        for (GatewayPhase phase : reachable()) {
            if (!isProven(phase)) {
                Next next = GatewayPhase.next(phase, OVERDUE);

                assertThat(next.phase().equals(phase) && next.effects().isEmpty())
                        .as("%s when its time is over", phase)
                        .isFalse();
            }
        }
    }

    @Test
    @Tag("I1")
    void everyChangeOfPhaseSetsADeadlineOrEndsTheKeeper() {
        for (GatewayPhase phase : reachable()) {
            for (Event event : EVENTS) {
                Next next = GatewayPhase.next(phase, event);
                if (!next.phase().label().equals(phase.label()) && !isProven(next.phase())) {
                    assertThat(next.effects())
                            .as("%s after %s", phase, event)
                            .anyMatch(e -> e instanceof Effect.Within || e instanceof Effect.Exit);
                }
            }
        }
    }

    /**
     * Whatever else happens, stop and then silence ends the keeper after at most this many steps.
     */
    private static int stepsUntilExit(
            GatewayPhase from, BiFunction<GatewayPhase, Event, Next> table) {
        GatewayPhase phase = table.apply(from, STOP).phase();
        if (table.apply(from, STOP).effects().stream().anyMatch(Effect.Exit.class::isInstance)) {
            return 0;
        }
        for (int step = 1; step <= 10; step++) {
            Next next = table.apply(phase, OVERDUE);
            if (next.effects().stream().anyMatch(Effect.Exit.class::isInstance)) {
                return step;
            }
            phase = next.phase();
        }
        return Integer.MAX_VALUE;
    }

    @Test
    @Tag("I2")
    void aStopEndsEvenIfNobodyEverAnswers() {
        for (GatewayPhase phase : reachable()) {
            assertThat(stepsUntilExit(phase, GatewayPhase::next)).as("%s", phase).isLessThan(4);
        }
    }

    @Test
    void theStopCheckRejectsATableThatWaitsForTheKilled() {
        BiFunction<GatewayPhase, Event, Next> broken =
                (phase, event) -> {
                    Next next = GatewayPhase.next(phase, event);
                    List<Effect> effects = new ArrayList<>(next.effects());
                    effects.removeIf(Effect.Exit.class::isInstance);
                    return new Next(next.phase(), effects);
                };

        assertThat(stepsUntilExit(serving(SERVED, Standing.PROVEN), broken))
                .isEqualTo(Integer.MAX_VALUE);
    }
}
