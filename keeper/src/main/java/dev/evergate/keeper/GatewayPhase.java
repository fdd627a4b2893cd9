package dev.evergate.keeper;

import dev.evergate.keeper.link.Refusal;

import java.util.List;

/**
 * Where the gateway stands as its keeper sees it; {@link #next} is the only way to another phase.
 *
 * <p>Pure: it decides, {@link KeeperLoop} acts. There is a <em>main</em> generation, the one that
 * serves or, while nobody does, boots; during a restart another one is <em>beside</em> it: its
 * successor until it commits, from then on (they change places) its predecessor. What is not in the
 * table changes nothing (a late message of a generation that has already ended, a restart wanted
 * while one begins anyway).
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
 *             DeadlinePassed   proven             Rehearsing   as RestartWanted
 *             Finished, Lost                      Serving      within EXIT; it is ending
 *             DeadlinePassed   ending             Serving      kill ZOMBIE, within KILL
 *             Ended            too early          a failed start
 *             Ended            else               Booting      launch the fallback, within START
 *             Wedged           too early          a failed start, after condemn WEDGED
 *             Wedged           not ending         Booting      condemn WEDGED, launch the fallback
 *             RestartWanted    not ending         Rehearsing   launch NORMAL beside, within START
 *             ReloadWanted     mode NORMAL        Serving      reload
 *             ReloadWanted     else               as RestartWanted
 *             StopWanted                          Stopping     tell stop, within STOP
 * Rehearsing  Beside rehearsed                    HandingOver  hand over, within HAND_OVER
 *             Beside ending,   it failed          Aborting     kill it GIVEN_UP, within KILL
 *             or committed
 *             DeadlinePassed                      Aborting     kill it START_OVERDUE, within KILL
 *             Beside gone                         Serving      as before, see below
 *             main is over     see below          Booting      promote, within START
 *             ReloadWanted                        Rehearsing   reload
 *             StopWanted                          Stopping     condemn it STOP_NOW, tell stop
 * HandingOver Beside committed                    Draining     promote, tell the other one that
 *                                                              it is handed over, within DRAIN
 *             Beside ending    it failed          Aborting     kill it GIVEN_UP, within KILL
 *             Broken                              Aborting     kill it GIVEN_UP, within KILL
 *             DeadlinePassed                      Aborting     kill it HAND_OVER_OVERDUE
 *             Beside gone                         Serving      abort; as before, see below
 *             main is over     see below          Booting      promote, within START
 *             ReloadWanted                        HandingOver  reload
 *             StopWanted                          Stopping     condemn it STOP_NOW, tell stop
 * Aborting    Beside gone                         Serving      abort if it was handing over
 *             DeadlinePassed                      Aborting     kill it GIVEN_UP, within KILL
 *             main is over     see below          as Ended or Wedged when Serving, after condemn
 *                                                 the other one GIVEN_UP
 *             ReloadWanted     mode NORMAL        Aborting     reload
 *             StopWanted                          Stopping     condemn it STOP_NOW, tell stop
 * Draining    Beside ending    asked              Draining     within EXIT
 *             DeadlinePassed   asked              Draining     kill it STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Draining     kill it ZOMBIE, within KILL
 *             DeadlinePassed   killed             Draining     kill it STOP_OVERDUE, within KILL
 *             Beside gone      wanted again       Rehearsing   launch NORMAL beside, within START
 *             Beside gone      else               Serving      within PROOF
 *             RestartWanted                       Draining     wanted again
 *             ReloadWanted                        Draining     reload
 *             Finished, Lost,                     as when Serving, after condemn the other one
 *             Ended, Wedged                       GIVEN_UP
 *             StopWanted                          Stopping     tell both stop, within STOP
 * Backoff     DeadlinePassed                      Booting      launch, within START
 *             RestartWanted                       Booting      launch NORMAL, within START
 *             ReloadWanted                        Booting      launch NORMAL, within START
 *             StopWanted                          Stopping     exit
 * Stopping    Finished, Lost,  asked              Stopping     within EXIT if nobody else is asked
 *             Beside ending
 *             DeadlinePassed   asked              Stopping     kill STOP_OVERDUE, within KILL
 *             DeadlinePassed   finished           Stopping     kill ZOMBIE, within KILL
 *             DeadlinePassed   killed             Stopping     exit
 *             Wedged           asked and alone    Stopping     kill WEDGED, within KILL
 *             Wedged           asked              Stopping     condemn WEDGED
 *             StopNowWanted                       Stopping     kill STOP_NOW, within KILL
 *             Ended,           the last one       Stopping     exit
 *             Beside gone
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
 * granted at Ready and when the successor commits; in vain when a restart is aborted, when a trial
 * fails, at Backoff and at the way into Stopping.
 *
 * <p>A restart that is aborted never happened: the main generation serves <em>as before</em>, and
 * what deadline it had begins anew. <em>Main is over</em> is Ended, Wedged (after condemn WEDGED)
 * or Finished and Lost (after condemn ZOMBIE, which allows it EXIT): what was its successor boots
 * on, and may take what is left when it is dead.
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

    /** A generation serves, and its successor is started and tried beside it. */
    record Rehearsing(Track track, Standing standing) implements GatewayPhase {}

    /** The generation that serves gives what it has to its successor. */
    record HandingOver(Track track, Standing standing) implements GatewayPhase {}

    /**
     * A generation serves, and its successor, of which nothing comes, is being ended.
     *
     * @param isGiven whether it has begun to hand over, and does not know that this is off
     */
    record Aborting(Track track, Standing standing, boolean isGiven) implements GatewayPhase {}

    /**
     * A generation serves, and what its predecessor still does comes to its end.
     *
     * @param ending the predecessor's
     * @param isWantedAgain whether another restart follows
     */
    record Draining(Track track, Ending ending, boolean isWantedAgain) implements GatewayPhase {}

    /** No generation runs; the next one is launched when the wait is over. */
    record Backoff(Track track) implements GatewayPhase {}

    /**
     * The gateway ends with this verdict.
     *
     * @param ending the main generation's
     * @param beside the other one's
     */
    record Stopping(Verdict verdict, Ending ending, Ending beside) implements GatewayPhase {}

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

        Track ready() {
            return new Track(failures, waits, mode, fallback, true);
        }

        Track proven() {
            return new Track(0, 0, mode, mode, true);
        }

        Track trial() {
            return new Track(failures, waits, Mode.NORMAL, fallback, served);
        }

        Track settled() {
            return new Track(failures, waits, fallback, fallback, served);
        }

        Track waited() {
            return new Track(failures, waits + 1, mode, fallback, served);
        }

        Track failed() {
            int count = failures + 1;
            Mode next = count % FAILURES_PER_MODE == 0 ? mode.below() : mode;
            return new Track(count, waits, next, next, served);
        }

        boolean isTrial() {
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
        KILLED,
        /** There is no such generation. */
        GONE
    }

    /** Which of two generations. */
    enum Role {
        MAIN,
        BESIDE
    }

    /** What a generation beside the main one does. */
    enum Sign {
        /** All that can be tried before a hand-over went well. */
        REHEARSED,
        /** It has taken over and serves. */
        COMMITTED,
        /** It has finished, it cannot serve, or its link has ended. */
        ENDING,
        /** Its process is gone. */
        GONE
    }

    /** How the keeper ends: its exit code and what it tells a person, empty for nothing. */
    record Verdict(int exit, String message) {
        static final Verdict STOPPED = new Verdict(ExitCode.OK.code(), "");
    }

    /** Something happened; where nothing else is said, to the main generation. */
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

        /** It says that it cannot hand over what it has. */
        record Broken() implements Event {}

        /** Something happened to the generation beside it. */
        record Beside(Sign sign) implements Event {}

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
        /** Start the next generation as the main one. */
        record Launch(Mode mode) implements Effect {}

        /** Start the next generation beside the main one, in mode NORMAL. */
        record LaunchBeside() implements Effect {}

        /** Give each of the two what it needs to hand over or to take over. */
        record HandOver() implements Effect {}

        /** Tell the main generation that the hand-over is off. */
        record Abort() implements Effect {}

        /** The one beside becomes the main one; that one, if there still is one, is beside it. */
        record Promote() implements Effect {}

        /** Tell a generation to end, and why. */
        record Tell(Role role, String reason) implements Effect {}

        /** Tell every generation to read its configuration again. */
        record Reload() implements Effect {}

        /** End a generation's process. */
        record Kill(Role role, Cause cause) implements Effect {}

        /**
         * End a generation's process beside whatever comes next. Nothing about it is an event any
         * more; the next one is welcomed, or told to take what is left, when it is dead.
         */
        record Condemn(Role role, Cause cause) implements Effect {}

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
        HAND_OVER_OVERDUE,
        STOP_OVERDUE,
        WEDGED,
        ZOMBIE,
        /** Nothing comes of it any more. */
        GIVEN_UP,
        STOP_NOW
    }

    /** What a deadline is for. */
    enum Limit {
        START,
        HAND_OVER,
        DRAIN,
        PROOF,
        BACKOFF,
        STOP,
        EXIT,
        KILL,
        /** Until a proven generation in mode SAFE gives way to a trial. */
        RETRY,
        /** For ever. */
        NONE
    }

    /** A decision. */
    record Next(GatewayPhase phase, List<Effect> effects) {
        public Next {
            effects = List.copyOf(effects);
        }
    }

    /** How a keeper begins. */
    static Next first() {
        return LifeTable.launch(Track.NEW);
    }

    /** What follows from an event in a phase. */
    static Next next(GatewayPhase phase, Event event) {
        return switch (phase) {
            case Booting booting -> LifeTable.booting(booting, event);
            case Serving serving -> LifeTable.serving(serving, event);
            case Rehearsing rehearsing -> RestartTable.rehearsing(rehearsing, event);
            case HandingOver handingOver -> RestartTable.handingOver(handingOver, event);
            case Aborting aborting -> RestartTable.aborting(aborting, event);
            case Draining draining -> RestartTable.draining(draining, event);
            case Backoff backoff -> LifeTable.backoff(backoff, event);
            case Stopping stopping -> StopTable.stopping(stopping, event);
        };
    }

    /** Whether the main generation, when it makes no progress now, is ended for it. */
    default boolean isJudging() {
        return switch (this) {
            case Booting _, Backoff _ -> false;
            case Serving(var _, var standing) -> standing != Standing.ENDING;
            case Rehearsing _, HandingOver _, Aborting _, Draining _ -> true;
            case Stopping(var _, var ending, var _) -> ending == Ending.ASKED;
        };
    }

    /** Whether the main generation serves, as far as can be told. */
    default boolean isServing() {
        return switch (this) {
            case Serving _, Rehearsing _, HandingOver _, Aborting _, Draining _ -> true;
            case Booting _, Backoff _, Stopping _ -> false;
        };
    }

    /** The phase's name on the link, in the log and in health bodies. */
    default String label() {
        return switch (this) {
            case Booting _ -> "booting";
            case Serving _ -> "serving";
            case Rehearsing _ -> "rehearsing";
            case HandingOver _ -> "handing-over";
            case Aborting _ -> "aborting";
            case Draining _ -> "draining";
            case Backoff _ -> "backoff";
            case Stopping _ -> "stopping";
        };
    }
}
