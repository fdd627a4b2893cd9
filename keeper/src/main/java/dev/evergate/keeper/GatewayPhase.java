package dev.evergate.keeper;

import dev.evergate.keeper.link.Refusal;

import java.util.ArrayList;
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
 *             Refused          may wait           Booting      within EXIT; it waits
 *             Refused          nobody ever served Stopping     within EXIT
 *             Refused          else               Booting      within EXIT; it is ending
 *             Finished, Lost                      Booting      within EXIT; it is ending
 *             DeadlinePassed   under way          Booting      kill START_OVERDUE, within KILL
 *             DeadlinePassed   else               Booting      kill ZOMBIE, within KILL
 *             Ended            it waits           Backoff      within BACKOFF; no failed start
 *             Ended            else               a failed start, see below
 *             ReloadWanted                        Booting      reload
 *             StopWanted                          Stopping     tell stop, within STOP
 * Serving     DeadlinePassed   fresh              Serving      proof, see below
 *             DeadlinePassed   proven             Restarting   as RestartWanted
 *             Finished, Lost                      Serving      within EXIT; it is ending
 *             DeadlinePassed   ending             Serving      kill ZOMBIE, within KILL
 *             Ended            too early          a failed start
 *             Ended            else               Booting      launch the fallback, within START
 *             Wedged           too early          a failed start, after condemn
 *             Wedged           not ending         Booting      condemn, launch the fallback, within START
 *             RestartWanted    not ending         Restarting   tell restart, within STOP; next NORMAL
 *             ReloadWanted     mode NORMAL        Serving      reload
 *             ReloadWanted     else               as RestartWanted
 *             StopWanted                          Stopping     tell stop, within STOP
 * Restarting  Finished, Lost   asked              Restarting   within EXIT
 *             DeadlinePassed   asked              Restarting   kill STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Restarting   kill ZOMBIE, within KILL
 *             DeadlinePassed   killed             Restarting   kill STOP_OVERDUE, within KILL
 *             Wedged           asked              Booting      condemn, launch, within START
 *             Ended                               Booting      launch, within START
 *             StopWanted                          Stopping     tell stop, within STOP
 * Backoff     DeadlinePassed                      Booting      launch, within START
 *             RestartWanted                       Booting      launch NORMAL, within START
 *             ReloadWanted                        Booting      launch NORMAL, within START
 *             StopWanted                          Stopping     exit
 * Stopping    Finished, Lost   asked              Stopping     within EXIT
 *             DeadlinePassed   asked              Stopping     kill STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Stopping     kill ZOMBIE, within KILL
 *             DeadlinePassed   killed             Stopping     exit
 *             Wedged           asked              Stopping     kill WEDGED, within KILL
 *             StopNowWanted                       Stopping     kill STOP_NOW, within KILL
 *             Ended                               Stopping     exit
 *
 * a failed start       mode and fallback          next         effects
 * -------------------  -------------------------  -----------  ---------------------------------
 * of a trial           mode becomes the fallback  Booting      launch, within START; not counted
 * the first in a row   stay                       Booting      launch, within START
 * each third in a row  both go one step down      Backoff      within BACKOFF
 * else                 stay                       Backoff      within BACKOFF
 * </pre>
 *
 * <p>Whoever waits for a restart is told the result (effect {@code Settle}, not shown above):
 * granted at Ready; in vain when a trial fails, at Backoff and at the way into Stopping.
 *
 * <p>{@code StopNowWanted} outside Stopping is a stop that kills at once. <em>Too early</em> is
 * within {@value #TOO_EARLY_MS} ms of Ready and, of an end, that no signal from outside caused it;
 * with an end before Ready it is a failed start. <em>Proof</em> is to have served for as long as
 * PROOF says: failures are forgotten, and the mode becomes the fallback. A <em>trial</em> is a
 * start in another mode than the fallback: each restart that somebody wants is one of NORMAL, and
 * in mode SAFE also every RETRY; only then does a proven phase have a deadline.
 */
sealed interface GatewayPhase {
    /** A generation that ends sooner after it was ready has failed to start. */
    long TOO_EARLY_MS = 5_000;

    /** So many failed starts in a row are put down to what was started. */
    int FAILURES_PER_MODE = 3;

    /** A generation was launched and has not said that it serves. */
    record Booting(Track track, Start start) implements GatewayPhase {}

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
     * @param waits starts in a row that were refused for what time may cure; no failures
     * @param mode how the generation that runs was started, or else the next one is
     * @param fallback the mode to return to when a trial fails
     * @param served whether any generation of this keeper has served
     */
    record Track(int failures, int waits, Mode mode, Mode fallback, boolean served) {
        static final Track NEW = new Track(0, 0, Mode.NORMAL, Mode.NORMAL, false);

        private Track ready() {
            return new Track(failures, waits, mode, fallback, true);
        }

        private Track proven() {
            return new Track(0, 0, mode, mode, true);
        }

        private Track trial() {
            return new Track(failures, waits, Mode.NORMAL, fallback, served);
        }

        private Track settled() {
            return new Track(failures, waits, fallback, fallback, served);
        }

        private Track waited() {
            return new Track(failures, waits + 1, mode, fallback, served);
        }

        private Track failed() {
            int count = failures + 1;
            Mode next = count % FAILURES_PER_MODE == 0 ? mode.below() : mode;
            return new Track(count, waits, next, next, served);
        }

        private boolean isTrial() {
            return mode != fallback;
        }
    }

    /** How much of the gateway a generation starts. */
    enum Mode {
        NORMAL("normal"),
        LAST_GOOD("last-good"),
        SAFE("safe");

        private final String label;

        Mode(String label) {
            this.label = label;
        }

        /** The mode's name on the link. */
        String label() {
            return label;
        }

        private Mode below() {
            return this == NORMAL ? LAST_GOOD : SAFE;
        }
    }

    /** How far a start has come. */
    enum Start {
        UNDERWAY,
        /** It cannot serve now, but perhaps later. */
        WAITING,
        ENDING
    }

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

        /**
         * The generation cannot serve and ends.
         *
         * @param mayWait whether the same start may succeed later, and somebody wants to wait
         */
        record Refused(Refusal refusal, boolean mayWait) implements Event {}

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

        /**
         * The generation makes no progress any more.
         *
         * @param servedMs how long it has served
         */
        record Wedged(long servedMs) implements Event {}

        /** The time given by the last {@link Effect.Within} is over. */
        record DeadlinePassed() implements Event {}

        /** Somebody wants the next generation. */
        record RestartWanted() implements Event {}

        /** Somebody has changed the configuration. */
        record ReloadWanted() implements Event {}

        /** Somebody wants the gateway to end. */
        record StopWanted() implements Event {}

        /** Somebody does not want to wait for the end. */
        record StopNowWanted() implements Event {}
    }

    /** Something to do; effects are done in order. */
    sealed interface Effect {
        /** Start the next generation. */
        record Launch(Mode mode) implements Effect {}

        /** Tell the generation to end, and why. */
        record Tell(String reason) implements Effect {}

        /** Tell the generation to read its configuration again. */
        record Reload() implements Effect {}

        /** End the generation's process. */
        record Kill(Cause cause) implements Effect {}

        /**
         * End a wedged generation's process beside whatever comes next. Nothing about it is an
         * event any more; the next one is welcomed when it is dead.
         */
        record Condemn() implements Effect {}

        /** Tell everybody who waits for a restart whether the gateway serves after it. */
        record Settle(boolean isGranted) implements Effect {}

        /** Replace the phase's deadline. */
        record Within(Limit limit) implements Effect {}

        /** End the keeper. */
        record Exit(Verdict verdict) implements Effect {}
    }

    /** Why a generation is killed. */
    enum Cause {
        START_OVERDUE,
        STOP_OVERDUE,
        WEDGED,
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
        KILL,
        /** Until a proven generation in mode SAFE gives way to a trial. */
        RETRY
    }

    /** A decision. */
    record Next(GatewayPhase phase, List<Effect> effects) {
        public Next {
            effects = List.copyOf(effects);
        }
    }

    /** How a keeper begins. */
    static Next first() {
        return launch(Track.NEW);
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

    /** Whether a generation that makes no progress now is ended for it. */
    default boolean isJudging() {
        return switch (this) {
            case Booting _, Backoff _ -> false;
            case Serving(var _, var standing) -> standing != Standing.ENDING;
            case Restarting(var _, var ending) -> ending == Ending.ASKED;
            case Stopping(var _, var ending) -> ending == Ending.ASKED;
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
                            new Serving(track.ready(), Standing.FRESH),
                            new Effect.Settle(true),
                            new Effect.Within(Limit.PROOF));
            case Event.Refused(var _, var mayWait) when mayWait ->
                    next(new Booting(track, Start.WAITING), new Effect.Within(Limit.EXIT));
            case Event.Refused(var refusal, var _) when !track.served() ->
                    next(
                            new Stopping(
                                    new Verdict(refusal.exit(), refusal.message()),
                                    Ending.FINISHED),
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
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.RestartWanted _ -> next(phase); // What begins is a fresh start already.
            case Event.Wedged _ -> next(phase); // A start is judged by its deadline alone.
        };
    }

    private static Next serving(Serving phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Ended(var servedMs, var fromOutside)
                    when servedMs < TOO_EARLY_MS && !fromOutside ->
                    startFailed(track);
            case Event.Ended _ -> launch(track.settled());
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.DeadlinePassed _ when phase.standing() == Standing.ENDING ->
                    kill(phase, Cause.ZOMBIE);
            case Event.Ready _, Event.Refused _ -> next(phase);
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
            case Event.Wedged(var servedMs) when servedMs < TOO_EARLY_MS ->
                    condemnThen(startFailed(track));
            case Event.Wedged _ -> condemnThen(launch(track.settled()));
            case Event.DeadlinePassed _ when isFresh -> proven(track.proven());
            case Event.ReloadWanted _ when track.mode() == Mode.NORMAL ->
                    next(phase, new Effect.Reload());
            case Event.DeadlinePassed _, Event.RestartWanted _, Event.ReloadWanted _ ->
                    next(
                            new Restarting(track.trial(), Ending.ASKED),
                            new Effect.Tell("restart"),
                            new Effect.Within(Limit.STOP));
            case Event.Ready _,
                    Event.Refused _,
                    Event.Ended _,
                    Event.StopWanted _,
                    Event.StopNowWanted _ ->
                    next(phase); // Decided before.
        };
    }

    private static Next restarting(Restarting phase, Event event) {
        Track track = phase.track();
        return switch (event) {
            case Event.Finished _, Event.Lost _ when phase.ending() == Ending.ASKED ->
                    next(new Restarting(track, Ending.FINISHED), new Effect.Within(Limit.EXIT));
            case Event.Wedged _ when phase.ending() == Ending.ASKED -> condemnThen(launch(track));
            case Event.DeadlinePassed _ ->
                    kill(new Restarting(track, Ending.KILLED), overdue(phase.ending()));
            case Event.Ended _ -> launch(track);
            case Event.StopWanted _ -> stop();
            case Event.StopNowWanted _ -> stopNow();
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _, Event.Wedged _ ->
                    next(phase);
            case Event.RestartWanted _, Event.ReloadWanted _ -> next(phase); // It joins this one.
        };
    }

    private static Next backoff(Backoff phase, Event event) {
        return switch (event) {
            case Event.DeadlinePassed _ -> launch(phase.track());
            case Event.RestartWanted _, Event.ReloadWanted _ -> launch(phase.track().trial());
            case Event.StopWanted _, Event.StopNowWanted _ ->
                    exit(new Stopping(Verdict.STOPPED, Ending.KILLED)); // All is settled.
            case Event.Ready _,
                    Event.Refused _,
                    Event.Finished _,
                    Event.Lost _,
                    Event.Ended _,
                    Event.Wedged _ ->
                    next(phase);
        };
    }

    private static Next stopping(Stopping phase, Event event) {
        Verdict verdict = phase.verdict();
        return switch (event) {
            case Event.Finished _, Event.Lost _ when phase.ending() == Ending.ASKED ->
                    next(new Stopping(verdict, Ending.FINISHED), new Effect.Within(Limit.EXIT));
            case Event.Wedged _ when phase.ending() == Ending.ASKED ->
                    kill(new Stopping(verdict, Ending.KILLED), Cause.WEDGED);
            case Event.DeadlinePassed _ when phase.ending() == Ending.KILLED -> exit(phase);
            case Event.DeadlinePassed _ ->
                    kill(new Stopping(verdict, Ending.KILLED), overdue(phase.ending()));
            case Event.StopNowWanted _ ->
                    kill(new Stopping(verdict, Ending.KILLED), Cause.STOP_NOW);
            case Event.Ended _ -> exit(phase);
            case Event.Ready _, Event.Refused _, Event.Finished _, Event.Lost _, Event.Wedged _ ->
                    next(phase);
            case Event.RestartWanted _, Event.ReloadWanted _, Event.StopWanted _ -> next(phase);
        };
    }

    private static Next startFailed(Track track) {
        if (track.isTrial()) {
            return failing(launch(track.settled()));
        }
        Track after = track.failed();
        return after.failures() == 1 ? launch(after) : backoff(after);
    }

    private static Next backoff(Track track) {
        return failing(next(new Backoff(track), new Effect.Within(Limit.BACKOFF)));
    }

    private static Next launch(Track track) {
        return next(
                new Booting(track, Start.UNDERWAY),
                new Effect.Launch(track.mode()),
                new Effect.Within(Limit.START));
    }

    private static Next proven(Track track) {
        Serving phase = new Serving(track, Standing.PROVEN);
        return track.mode() == Mode.SAFE
                ? next(phase, new Effect.Within(Limit.RETRY))
                : next(phase);
    }

    private static Next stop() {
        return next(
                new Stopping(Verdict.STOPPED, Ending.ASKED),
                new Effect.Settle(false),
                new Effect.Tell("stop"),
                new Effect.Within(Limit.STOP));
    }

    private static Next stopNow() {
        return failing(kill(new Stopping(Verdict.STOPPED, Ending.KILLED), Cause.STOP_NOW));
    }

    private static Next kill(GatewayPhase phase, Cause cause) {
        return next(phase, new Effect.Kill(cause), new Effect.Within(Limit.KILL));
    }

    private static Next condemnThen(Next next) {
        return first(new Effect.Condemn(), next);
    }

    /** Whoever waits for a restart waits in vain. */
    private static Next failing(Next next) {
        return first(new Effect.Settle(false), next);
    }

    private static Next first(Effect effect, Next next) {
        List<Effect> effects = new ArrayList<>();
        effects.add(effect);
        effects.addAll(next.effects());
        return new Next(next.phase(), effects);
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
