package dev.evergate.core.lifecycle;

import java.util.List;

/**
 * Where a generation stands between launch and exit; {@link #next} is the only way to a new phase.
 *
 * <p>Pure: it decides, the generation's main thread acts. What is not in the table changes nothing
 * (an answer that comes when nobody waits for it any more).
 *
 * <pre>
 * phase         event                          next          effects
 * ------------  -----------------------------  ------------  -------------------------
 * STARTING      BUILT                          STANDBY       REHEARSE
 * STANDBY       CALLED                         STANDBY       ENTER
 * STANDBY       ENTERED                        RUNNING       SERVE
 * STARTING,     FAILED                         STOPPED       REFUSE
 * STANDBY       STOP_REQUESTED, KEEPER_LOST    STOPPED       FINISH
 * RUNNING       HAND_OVER_WANTED               HANDING_OVER  HAND_OVER
 * RUNNING       STOP_REQUESTED, KEEPER_LOST    DRAINING      DRAIN
 * RUNNING       FAILED                         STOPPED       REFUSE
 * HANDING_OVER  HAND_OVER_ABORTED              RUNNING       GO_ON
 * HANDING_OVER  STOP_REQUESTED, KEEPER_LOST    DRAINING      DRAIN
 * DRAINING      STOP_REQUESTED, KEEPER_LOST    DRAINING      HURRY
 * DRAINING      DRAINED, OVERDUE               STOPPED       FINISH
 * </pre>
 *
 * <p>A gateway that is to stop does not wait for a predecessor that drains: hence a second request.
 * A start that is not over when its end is asked for has acknowledged nothing, so it ends at once.
 * What ends a hand-over well is a request to stop: the successor serves then. Degraded is a verdict
 * of health, not a phase. The deadlines of STARTING, STANDBY and HANDING_OVER are the keeper's;
 * DRAIN and HURRY set one of their own (OVERDUE).
 */
public enum Phase {
    STARTING("starting"),
    STANDBY("standby"),
    RUNNING("running"),
    HANDING_OVER("handing_over"),
    DRAINING("shutting_down"),
    STOPPED("stopped");

    private final String wireName;

    Phase(String wireName) {
        this.wireName = wireName;
    }

    /** The name in health answers. */
    public String wireName() {
        return wireName;
    }

    /** What moves a generation on. */
    public enum Event {
        /** Every component has been built. */
        BUILT,
        /** It is this generation's turn: nobody serves, or whoever does gives way. */
        CALLED,
        /** This generation holds the gateway lease and has taken up what was left to it. */
        ENTERED,
        /** It cannot serve. */
        FAILED,
        /** A successor is ready to take over. */
        HAND_OVER_WANTED,
        /** The successor is dead, and everything it had not taken is still here. */
        HAND_OVER_ABORTED,
        /** Somebody asked for the end. */
        STOP_REQUESTED,
        /** The keeper has gone: nobody holds the door any more. */
        KEEPER_LOST,
        /** Everything that could end in time has ended. */
        DRAINED,
        /** The time for the end is over. */
        OVERDUE
    }

    /** Something to do; effects are done in order. */
    public enum Effect {
        /** Beside whoever serves now: prove that this generation can; without one, nothing. */
        REHEARSE,
        /** Take over: connections, the gateway lease, and what is left of earlier generations. */
        ENTER,
        /** Accept connections and say so. */
        SERVE,
        /** Give connections and the lease to the successor. */
        HAND_OVER,
        /** Serve on as if no successor had come. */
        GO_ON,
        /** Refuse new work, end what runs, close every connection and component, in time. */
        DRAIN,
        /** Allow what is left of the end no more time than the newest request does. */
        HURRY,
        /** Say why this generation cannot serve, and exit. */
        REFUSE,
        /** Say goodbye, and exit. */
        FINISH
    }

    /** A decision. */
    public record Next(Phase phase, List<Effect> effects) {
        public Next {
            effects = List.copyOf(effects);
        }
    }

    /** What follows from an event in this phase. */
    public Next next(Event event) {
        return switch (this) {
            case STARTING -> event == Event.BUILT ? to(STANDBY, Effect.REHEARSE) : unserved(event);
            case STANDBY ->
                    switch (event) {
                        case CALLED -> to(STANDBY, Effect.ENTER);
                        case ENTERED -> to(RUNNING, Effect.SERVE);
                        case BUILT,
                                FAILED,
                                HAND_OVER_WANTED,
                                HAND_OVER_ABORTED,
                                STOP_REQUESTED,
                                KEEPER_LOST,
                                DRAINED,
                                OVERDUE ->
                                unserved(event);
                    };
            case RUNNING ->
                    switch (event) {
                        case HAND_OVER_WANTED -> to(HANDING_OVER, Effect.HAND_OVER);
                        case STOP_REQUESTED, KEEPER_LOST -> to(DRAINING, Effect.DRAIN);
                        case FAILED -> to(STOPPED, Effect.REFUSE);
                        case BUILT, CALLED, ENTERED, HAND_OVER_ABORTED, DRAINED, OVERDUE ->
                                to(this);
                    };
            case HANDING_OVER ->
                    switch (event) {
                        case HAND_OVER_ABORTED -> to(RUNNING, Effect.GO_ON);
                        case STOP_REQUESTED, KEEPER_LOST -> to(DRAINING, Effect.DRAIN);
                        case BUILT, CALLED, ENTERED, FAILED, HAND_OVER_WANTED, DRAINED, OVERDUE ->
                                to(this);
                    };
            case DRAINING ->
                    switch (event) {
                        case STOP_REQUESTED, KEEPER_LOST -> to(DRAINING, Effect.HURRY);
                        case DRAINED, OVERDUE -> to(STOPPED, Effect.FINISH);
                        case BUILT, CALLED, ENTERED, FAILED, HAND_OVER_WANTED, HAND_OVER_ABORTED ->
                                to(this);
                    };
            case STOPPED -> to(this);
        };
    }

    private Next unserved(Event event) {
        return switch (event) {
            case FAILED -> to(STOPPED, Effect.REFUSE);
            case STOP_REQUESTED, KEEPER_LOST -> to(STOPPED, Effect.FINISH);
            case BUILT, CALLED, ENTERED, HAND_OVER_WANTED, HAND_OVER_ABORTED, DRAINED, OVERDUE ->
                    to(this);
        };
    }

    private static Next to(Phase phase, Effect... effects) {
        return new Next(phase, List.of(effects));
    }
}
