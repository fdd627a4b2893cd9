package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Backoff;
import dev.evergate.keeper.GatewayPhase.Booting;
import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Ending;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Mode;
import dev.evergate.keeper.GatewayPhase.Next;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Serving;
import dev.evergate.keeper.GatewayPhase.Standing;
import dev.evergate.keeper.GatewayPhase.Start;
import dev.evergate.keeper.GatewayPhase.Stopping;
import dev.evergate.keeper.GatewayPhase.Track;
import dev.evergate.keeper.GatewayPhase.Verdict;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of {@link GatewayPhase} about one generation after the other. Thread-safety: stateless.
 */
final class LifeTable {
    private LifeTable() {}

    static Next booting(Booting phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Ready _ ->
                    next(
                            new Serving(track.ready(), Standing.FRESH),
                            new Effect.Settle(true),
                            new Effect.Within(Limit.PROOF));
            case Event.Refused(var _, var mayWait) when mayWait ->
                    next(new Booting(track, Start.WAITING), new Effect.Within(Limit.EXIT));
            case Event.Refused(var refusal, var _) when !track.served() ->
                    next(
                            new Stopping(
                                    new Verdict(refusal.exit(), refusal.message()),
                                    Ending.FINISHED,
                                    Ending.GONE),
                            new Effect.Settle(false),
                            new Effect.Within(Limit.EXIT));
            case Event.Finished _, Event.Lost _ when phase.start() != Start.UNDERWAY -> next(phase);
            case Event.Refused _, Event.Finished _, Event.Lost _ ->
                    next(new Booting(track, Start.ENDING), new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ when phase.start() == Start.UNDERWAY ->
                    kill(phase, Cause.START_OVERDUE);
            case Event.DeadlinePassed _ -> kill(phase, Cause.ZOMBIE);
            case Event.Ended _ when phase.start() == Start.WAITING -> backoff(track.waited());
            case Event.Ended _ -> startFailed(track);
            case Event.ReloadWanted _ -> next(phase, new Effect.Reload());
            case Event.StopWanted _ -> StopTable.stop();
            case Event.StopNowWanted _ -> StopTable.stopNow();
            case Event.RestartWanted _ -> next(phase); // What begins is a fresh start already.
            case Event.Wedged _ -> next(phase); // A start is judged by its deadline alone.
            case Event.Broken _, Event.Beside _ -> next(phase);
        };
    }

    static Next serving(Serving phase, Event event) {
        return switch (event) {
            case Event.Ended ended -> ended(phase.track(), ended);
            case Event.StopWanted _ -> StopTable.stop();
            case Event.StopNowWanted _ -> StopTable.stopNow();
            case Event.DeadlinePassed _ when phase.standing() == Standing.ENDING ->
                    kill(phase, Cause.ZOMBIE);
            case Event.Ready _, Event.Refused _, Event.Broken _, Event.Beside _ -> next(phase);
            case Event.Finished _,
                    Event.Lost _,
                    Event.Wedged _,
                    Event.DeadlinePassed _,
                    Event.RestartWanted _,
                    Event.ReloadWanted _ ->
                    phase.standing() == Standing.ENDING
                            ? next(phase) // Another one follows anyway.
                            : servingWell(phase, event);
        };
    }

    /** What concerns only a generation that is not about to end. */
    private static Next servingWell(Serving phase, Event event) {
        Track track = phase.track();
        boolean isFresh = phase.standing() == Standing.FRESH;
        return switch (event) {
            case Event.Finished _, Event.Lost _ ->
                    next(new Serving(track, Standing.ENDING), new Effect.Within(Limit.EXIT));
            case Event.Wedged wedged -> wedged(track, wedged);
            case Event.DeadlinePassed _ when isFresh -> proven(track.proven());
            case Event.ReloadWanted _ when track.mode() == Mode.NORMAL ->
                    next(phase, new Effect.Reload());
            case Event.DeadlinePassed _, Event.RestartWanted _, Event.ReloadWanted _ ->
                    RestartTable.begin(track, phase.standing());
            case Event.Ready _,
                    Event.Refused _,
                    Event.Ended _,
                    Event.Broken _,
                    Event.Beside _,
                    Event.StopWanted _,
                    Event.StopNowWanted _ ->
                    next(phase); // Decided before.
        };
    }

    static Next backoff(Backoff phase, Event event) {
        return switch (event) {
            case Event.DeadlinePassed _ -> launch(phase.track());
            case Event.RestartWanted _, Event.ReloadWanted _ -> launch(phase.track().trial());
            case Event.StopWanted _, Event.StopNowWanted _ -> StopTable.exitAtOnce();
            case Event.Ready _,
                    Event.Refused _,
                    Event.Finished _,
                    Event.Lost _,
                    Event.Ended _,
                    Event.Broken _,
                    Event.Beside _,
                    Event.Wedged _ ->
                    next(phase);
        };
    }

    /** A generation that served has ended. */
    static Next ended(Track track, Event.Ended event) {
        boolean isTooEarly = event.servedMs() < GatewayPhase.TOO_EARLY_MS && !event.fromOutside();
        return isTooEarly ? startFailed(track) : launch(track.settled());
    }

    /** A generation that serves makes no progress. */
    static Next wedged(Track track, Event.Wedged event) {
        boolean isTooEarly = event.servedMs() < GatewayPhase.TOO_EARLY_MS;
        return first(
                new Effect.Condemn(Role.MAIN, Cause.WEDGED),
                isTooEarly ? startFailed(track) : launch(track.settled()));
    }

    private static Next startFailed(Track track) {
        if (track.isTrial()) {
            return first(new Effect.Settle(false), launch(track.settled()));
        }
        Track after = track.failed();
        return after.failures() == 1 ? launch(after) : backoff(after);
    }

    private static Next backoff(Track track) {
        return next(new Backoff(track), new Effect.Settle(false), new Effect.Within(Limit.BACKOFF));
    }

    static Next launch(Track track) {
        return next(
                new Booting(track, Start.UNDERWAY),
                new Effect.Launch(track.mode()),
                new Effect.Within(Limit.START));
    }

    private static Next proven(Track track) {
        return serves(track, Standing.PROVEN);
    }

    /** A generation serves alone, with as much time as its standing gives it. */
    static Next serves(Track track, Standing standing) {
        Limit limit =
                standing == Standing.FRESH
                        ? Limit.PROOF
                        : track.mode() == Mode.SAFE ? Limit.RETRY : Limit.NONE;
        return next(new Serving(track, standing), new Effect.Within(limit));
    }

    static Next kill(GatewayPhase phase, Cause cause) {
        return next(phase, new Effect.Kill(Role.MAIN, cause), new Effect.Within(Limit.KILL));
    }

    static Next first(Effect effect, Next next) {
        List<Effect> effects = new ArrayList<>();
        effects.add(effect);
        effects.addAll(next.effects());
        return new Next(next.phase(), effects);
    }

    static Next next(GatewayPhase phase, Effect... effects) {
        return new Next(phase, List.of(effects));
    }
}
