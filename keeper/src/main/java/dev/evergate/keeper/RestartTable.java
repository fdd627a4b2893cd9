package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Aborting;
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
import dev.evergate.keeper.GatewayPhase.Track;
import dev.evergate.keeper.link.StopOrder;

/** The rows of {@link GatewayPhase} about two generations. Thread-safety: stateless. */
final class RestartTable {
    private RestartTable() {}

    /** A restart begins. */
    static Next begin(Track track, Standing standing) {
        return LifeTable.next(
                new Rehearsing(track, standing),
                new Effect.LaunchBeside(),
                new Effect.Within(Limit.START));
    }

    static Next rehearsing(Rehearsing phase, Event event) {
        Track track = phase.track();
        Standing standing = phase.standing();
        return switch (event) {
            case Event.Beside(var sign) ->
                    switch (sign) {
                        case REHEARSED ->
                                LifeTable.next(
                                        new HandingOver(track, standing),
                                        new Effect.HandOver(),
                                        new Effect.Within(Limit.HAND_OVER));
                        case COMMITTED, ENDING ->
                                killOther(new Aborting(track, standing, false), Cause.GIVEN_UP);
                        case GONE -> asBefore(track, standing);
                    };
            case Event.DeadlinePassed _ ->
                    killOther(new Aborting(track, standing, false), Cause.START_OVERDUE);
            case Event.Ended _, Event.Finished _, Event.Lost _, Event.Wedged _ ->
                    alone(track, event);
            case Event.ReloadWanted _ -> LifeTable.next(phase, new Effect.Reload());
            case Event.StopWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stop());
            case Event.StopNowWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stopNow());
            case Event.Ready _, Event.Refused _, Event.Broken _ -> LifeTable.next(phase);
            case Event.RestartWanted _ -> LifeTable.next(phase); // It joins this one.
        };
    }

    static Next handingOver(HandingOver phase, Event event) {
        Track track = phase.track();
        Standing standing = phase.standing();
        return switch (event) {
            case Event.Beside(var sign) ->
                    switch (sign) {
                        case COMMITTED -> committed(track);
                        case ENDING ->
                                killOther(new Aborting(track, standing, true), Cause.GIVEN_UP);
                        case GONE -> LifeTable.first(new Effect.Abort(), asBefore(track, standing));
                        case REHEARSED -> LifeTable.next(phase);
                    };
            case Event.DeadlinePassed _ ->
                    killOther(new Aborting(track, standing, true), Cause.HAND_OVER_OVERDUE);
            case Event.Broken _ -> killOther(new Aborting(track, standing, true), Cause.GIVEN_UP);
            case Event.Ended _, Event.Finished _, Event.Lost _, Event.Wedged _ ->
                    alone(track, event);
            case Event.ReloadWanted _ -> LifeTable.next(phase, new Effect.Reload());
            case Event.StopWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stop());
            case Event.StopNowWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stopNow());
            case Event.Ready _, Event.Refused _ -> LifeTable.next(phase);
            case Event.RestartWanted _ -> LifeTable.next(phase); // It joins this one.
        };
    }

    static Next aborting(Aborting phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Beside(var sign) when sign == Sign.GONE -> {
                Next back = asBefore(track, phase.standing());
                yield phase.isGiven() ? LifeTable.first(new Effect.Abort(), back) : back;
            }
            case Event.DeadlinePassed _ -> killOther(phase, Cause.GIVEN_UP);
            case Event.Ended ended -> withoutOther(Cause.GIVEN_UP, LifeTable.ended(track, ended));
            case Event.Wedged wedged ->
                    withoutOther(Cause.GIVEN_UP, LifeTable.wedged(track, wedged));
            case Event.Finished _, Event.Lost _ -> withoutOther(Cause.GIVEN_UP, ending(track));
            case Event.ReloadWanted _ when track.mode() == Mode.NORMAL ->
                    LifeTable.next(phase, new Effect.Reload());
            case Event.StopWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stop());
            case Event.StopNowWanted _ -> withoutOther(Cause.STOP_NOW, StopTable.stopNow());
            case Event.Beside _, Event.Ready _, Event.Refused _, Event.Broken _ ->
                    LifeTable.next(phase);
            case Event.RestartWanted _, Event.ReloadWanted _ ->
                    LifeTable.next(phase); // It is told what became of this one.
        };
    }

    static Next draining(Draining phase, Event event) {
        Track track = phase.track();
        Ending ending = phase.ending();
        boolean isAgain = phase.isWantedAgain();
        return switch (event) {
            case Event.Beside(var sign) when sign == Sign.GONE ->
                    isAgain
                            ? begin(track, Standing.FRESH)
                            : LifeTable.serves(track, Standing.FRESH);
            case Event.Beside(var sign) when sign == Sign.ENDING && ending == Ending.ASKED ->
                    LifeTable.next(
                            new Draining(track, Ending.FINISHED, isAgain),
                            new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ ->
                    killOther(
                            new Draining(track, Ending.KILLED, isAgain), StopTable.overdue(ending));
            case Event.RestartWanted _ -> LifeTable.next(new Draining(track, ending, true));
            case Event.ReloadWanted _ -> LifeTable.next(phase, new Effect.Reload());
            case Event.Ended ended -> withoutOther(Cause.GIVEN_UP, LifeTable.ended(track, ended));
            case Event.Wedged wedged ->
                    withoutOther(Cause.GIVEN_UP, LifeTable.wedged(track, wedged));
            case Event.Finished _, Event.Lost _ -> withoutOther(Cause.GIVEN_UP, ending(track));
            case Event.StopWanted _ -> StopTable.stopBoth(ending);
            case Event.StopNowWanted _ -> StopTable.stopBothNow();
            case Event.Beside _, Event.Ready _, Event.Refused _, Event.Broken _ ->
                    LifeTable.next(phase);
        };
    }

    /** The successor serves. */
    private static Next committed(Track track) {
        return LifeTable.next(
                new Draining(track.trial().ready(), Ending.ASKED, false),
                new Effect.Promote(),
                new Effect.Settle(true),
                new Effect.Tell(Role.BESIDE, StopOrder.HANDED),
                new Effect.Within(Limit.DRAIN));
    }

    /** What was a successor boots on, because the main generation is over. */
    private static Next alone(Track track, Event event) {
        Next boots =
                LifeTable.next(
                        new Booting(track.trial(), Start.UNDERWAY),
                        new Effect.Promote(),
                        new Effect.Within(Limit.START));
        return switch (event) {
            case Event.Wedged _ ->
                    LifeTable.first(new Effect.Condemn(Role.MAIN, Cause.WEDGED), boots);
            case Event.Finished _, Event.Lost _ ->
                    LifeTable.first(new Effect.Condemn(Role.MAIN, Cause.ZOMBIE), boots);
            case Event.Ended _,
                    Event.Ready _,
                    Event.Refused _,
                    Event.Broken _,
                    Event.Beside _,
                    Event.DeadlinePassed _,
                    Event.RestartWanted _,
                    Event.ReloadWanted _,
                    Event.StopWanted _,
                    Event.StopNowWanted _ ->
                    boots;
        };
    }

    private static Next ending(Track track) {
        return LifeTable.next(new Serving(track, Standing.ENDING), new Effect.Within(Limit.EXIT));
    }

    private static Next asBefore(Track track, Standing standing) {
        return LifeTable.first(new Effect.Settle(false), LifeTable.serves(track, standing));
    }

    private static Next killOther(GatewayPhase phase, Cause cause) {
        return LifeTable.next(
                phase, new Effect.Kill(Role.BESIDE, cause), new Effect.Within(Limit.KILL));
    }

    private static Next withoutOther(Cause cause, Next next) {
        return LifeTable.first(new Effect.Condemn(Role.BESIDE, cause), next);
    }
}
