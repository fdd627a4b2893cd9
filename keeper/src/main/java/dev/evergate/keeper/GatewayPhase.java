package dev.evergate.keeper;

import dev.evergate.keeper.link.Refusal;

import java.util.List;

/**
 * Where the gateway stands as its keeper sees it; {@link #next} is the only way to another phase.
 *
 * <p>Pure: it decides, {@link KeeperLoop} acts. What is not in the table changes nothing (a late
 * message of a generation that has already ended, a restart wanted while one begins anyway).
 *
 * <pre>
 * phase       event            condition          next         effects
 * ----------  ---------------  -----------------  -----------  ---------------------------------
 * Booting     Ready                               Serving      within PROOF
 *             Refused          nobody ever served Stopping     within EXIT
 *             Refused          else               Booting      within EXIT
 *             Finished, Lost                      Booting      within EXIT
 *             DeadlinePassed                      Booting      kill START_OVERDUE, within KILL
 *             Ended            first failure      Booting      launch, within START
 *             Ended            else               Backoff      within BACKOFF
 *             StopWanted                          Stopping     tell stop, within STOP
 * Serving     DeadlinePassed   fresh              Serving      none; failures are forgotten
 *             Finished, Lost                      Serving      within EXIT; it is ending
 *             DeadlinePassed   ending             Serving      kill ZOMBIE, within KILL
 *             Ended            too early          as Booting   as Booting
 *             Ended            else               Booting      launch, within START
 *             RestartWanted    not ending         Restarting   tell restart, within STOP
 *             StopWanted                          Stopping     tell stop, within STOP
 * Restarting  Finished, Lost   asked              Restarting   within EXIT
 *             DeadlinePassed   asked              Restarting   kill STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Restarting   kill ZOMBIE, within KILL
 *             DeadlinePassed   killed             Restarting   kill STOP_OVERDUE, within KILL
 *             Ended                               Booting      launch, within START
 *             StopWanted                          Stopping     tell stop, within STOP
 * Backoff     DeadlinePassed                      Booting      launch, within START
 *             RestartWanted                       Booting      launch, within START
 *             StopWanted                          Stopping     exit
 * Stopping    Finished, Lost   asked              Stopping     within EXIT
 *             DeadlinePassed   asked              Stopping     kill STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Stopping     kill ZOMBIE, within KILL
 *             DeadlinePassed   killed             Stopping     exit
 *             StopNowWanted                       Stopping     kill STOP_NOW, within KILL
 *             Ended                               Stopping     exit
 * </pre>
 *
 * <p>{@code StopNowWanted} outside Stopping is a stop that kills at once. <em>Too early</em> is an
 * end within {@value #TOO_EARLY_MS} ms of Ready that no signal from outside caused; with an end
 * before Ready it is a failed start.
 */
sealed interface GatewayPhase {
    /** A generation that ends sooner after it was ready has failed to start. */
    long TOO_EARLY_MS = 5_000;

    /** A generation was launched and has not said that it serves. */
    record Booting(Track track) implements GatewayPhase {}

    /** A generation serves. */
    record Serving(Track track, Standing standing) implements GatewayPhase {}

    /** The generation was told to end so that another one follows. */
    record Restarting(Track track, Ending ending) implements GatewayPhase {}

    /** No generation runs; the next one is launched when the wait is over. */
    record Backoff(Track track) implements GatewayPhase {}

    /** The gateway ends with this verdict. */
    record Stopping(Verdict verdict, Ending ending) implements GatewayPhase {}

    /**
     * What the past means for the next start.
     *
     * @param failures failed starts in a row
     * @param served whether any generation of this keeper has served
     */
    record Track(int failures, boolean served) {}

    /** How well a serving generation is trusted. */
    enum Standing {
        FRESH,
        PROVEN,
        ENDING
    }

    /** How far the end of a generation has come. */
    enum Ending {
        ASKED,
        FINISHED,
        KILLED
    }

    /** How the keeper ends: its exit code and what it tells a person, empty for nothing. */
    record Verdict(int exit, String message) {
        static final Verdict STOPPED = new Verdict(ExitCode.OK.code(), "");
    }

    /** Something happened. */
    sealed interface Event {
        /** The generation serves. */
        record Ready() implements Event {}

        /** The generation cannot serve and ends. */
        record Refused(Refusal refusal) implements Event {}

        /** The generation says that its work is done. */
        record Finished() implements Event {}

        /** The generation's link has ended. */
        record Lost() implements Event {}

        /**
         * The generation's process is gone.
         *
         * @param servedMs how long it served, -1 if it never did
         * @param fromOutside whether a signal ended it that the keeper had not sent
         */
        record Ended(long servedMs, boolean fromOutside) implements Event {}

        /** The time given by the last {@link Effect.Within} is over. */
        record DeadlinePassed() implements Event {}

        /** Somebody wants the next generation. */
        record RestartWanted() implements Event {}

        /** Somebody wants the gateway to end. */
        record StopWanted() implements Event {}

        /** Somebody does not want to wait for the end. */
        record StopNowWanted() implements Event {}
    }

    /** Something to do; effects are done in order. */
    sealed interface Effect {
        /** Start the next generation. */
        record Launch() implements Effect {}

        /** Tell the generation to end, and why. */
        record Tell(String reason) implements Effect {}

        /** End the generation's process. */
        record Kill(Cause cause) implements Effect {}

        /** Replace the phase's deadline. */
        record Within(Limit limit) implements Effect {}

        /** End the keeper. */
        record Exit(Verdict verdict) implements Effect {}
    }

    /** Why a generation is killed. */
    enum Cause {
        START_OVERDUE,
        STOP_OVERDUE,
        ZOMBIE,
        STOP_NOW
    }

    /** What a deadline is for. */
    enum Limit {
        START,
        PROOF,
        BACKOFF,
        STOP,
        EXIT,
        KILL
    }

    /** A decision. */
    record Next(GatewayPhase phase, List<Effect> effects) {
        public Next {
            effects = List.copyOf(effects);
        }
    }

    /** How a keeper begins. */
    static Next first() {
        return launch(new Track(0, false));
    }

    /** What follows from an event in a phase. */
    static Next next(GatewayPhase phase, Event event) {
        return switch (phase) {
            case Booting booting -> booting(booting, event);
            case Serving serving -> serving(serving, event);
            case Restarting restarting -> restarting(restarting, event);
            case Backoff backoff -> backoff(backoff, event);
            case Stopping stopping -> stopping(stopping, event);
        };
    }

    /** The phase's name on the link, in the log and in health bodies. */
    default String label() {
        return switch (this) {
            case Booting _ -> "booting";
            case Serving _ -> "serving";
            case Restarting _ -> "restarting";
            case Backoff _ -> "backoff";
            case Stopping _ -> "stopping";
        };
    }

    private static Next booting(Booting phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Ready _ ->
                    next(
                            new Serving(new Track(track.failures(), true), Standing.FRESH),
                            new Effect.Within(Limit.PROOF));
            case Event.Refused(var refusal) when !track.served() ->
                    next(
                            new Stopping(
                                    new Verdict(refusal.exit(), refusal.message()),
                                    Ending.FINISHED),
                            new Effect.Within(Limit.EXIT));
            case Event.Refused _, Event.Finished _, Event.Lost _ ->
                    next(phase, new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ -> kill(phase, Cause.START_OVERDUE);
            case Event.Ended _ -> startFailed(track);
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.RestartWanted _ -> next(phase); // What begins is a fresh start already.
        };
    }

    private static Next serving(Serving phase, Event event) {
        Track track = phase.track();
        boolean isEnding = phase.standing() == Standing.ENDING;
        return switch (event) {
            case Event.Finished _, Event.Lost _ when !isEnding ->
                    next(new Serving(track, Standing.ENDING), new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ when isEnding -> kill(phase, Cause.ZOMBIE);
            case Event.DeadlinePassed _ -> next(new Serving(new Track(0, true), Standing.PROVEN));
            case Event.Ended(var servedMs, var fromOutside)
                    when servedMs < TOO_EARLY_MS && !fromOutside ->
                    startFailed(track);
            case Event.Ended _ -> launch(track);
            case Event.RestartWanted _ when !isEnding ->
                    next(
                            new Restarting(track, Ending.ASKED),
                            new Effect.Tell("restart"),
                            new Effect.Within(Limit.STOP));
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _ -> next(phase);
            case Event.RestartWanted _ -> next(phase); // Another one follows anyway.
        };
    }

    private static Next restarting(Restarting phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Finished _, Event.Lost _ when phase.ending() == Ending.ASKED ->
                    next(new Restarting(track, Ending.FINISHED), new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ ->
                    kill(new Restarting(track, Ending.KILLED), overdue(phase.ending()));
            case Event.Ended _ -> launch(track);
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _ -> next(phase);
            case Event.RestartWanted _ -> next(phase); // It joins this one.
        };
    }

    private static Next backoff(Backoff phase, Event event) {
        return switch (event) {
            case Event.DeadlinePassed _, Event.RestartWanted _ -> launch(phase.track());
            case Event.StopWanted _, Event.StopNowWanted _ ->
                    exit(new Stopping(Verdict.STOPPED, Ending.KILLED));
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _ -> next(phase);
            case Event.Ended _ -> next(phase);
        };
    }

    private static Next stopping(Stopping phase, Event event) {
        Verdict verdict = phase.verdict();
        return switch (event) {
            case Event.Finished _, Event.Lost _ when phase.ending() == Ending.ASKED ->
                    next(new Stopping(verdict, Ending.FINISHED), new Effect.Within(Limit.EXIT));
            case Event.DeadlinePassed _ when phase.ending() == Ending.KILLED -> exit(phase);
            case Event.DeadlinePassed _ ->
                    kill(new Stopping(verdict, Ending.KILLED), overdue(phase.ending()));
            case Event.StopNowWanted _ ->
                    kill(new Stopping(verdict, Ending.KILLED), Cause.STOP_NOW);
            case Event.Ended _ -> exit(phase);
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _ -> next(phase);
            case Event.RestartWanted _, Event.StopWanted _ -> next(phase);
        };
    }

    private static Next startFailed(Track track) {
        Track after = new Track(track.failures() + 1, track.served());
        return after.failures() == 1
                ? launch(after)
                : next(new Backoff(after), new Effect.Within(Limit.BACKOFF));
    }

    private static Next launch(Track track) {
        return next(new Booting(track), new Effect.Launch(), new Effect.Within(Limit.START));
    }

    private static Next stop() {
        return next(
                new Stopping(Verdict.STOPPED, Ending.ASKED),
                new Effect.Tell("stop"),
                new Effect.Within(Limit.STOP));
    }

    private static Next stopNow() {
        return kill(new Stopping(Verdict.STOPPED, Ending.KILLED), Cause.STOP_NOW);
    }

    private static Next kill(GatewayPhase phase, Cause cause) {
        return next(phase, new Effect.Kill(cause), new Effect.Within(Limit.KILL));
    }

    private static Next exit(Stopping phase) {
        return next(phase, new Effect.Exit(phase.verdict()));
    }

    private static Cause overdue(Ending ending) {
        return ending == Ending.FINISHED ? Cause.ZOMBIE : Cause.STOP_OVERDUE;
    }

    private static Next next(GatewayPhase phase, Effect... effects) {
        return new Next(phase, List.of(effects));
    }
}
