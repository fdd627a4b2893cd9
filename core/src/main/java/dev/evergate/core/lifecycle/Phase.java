package dev.evergate.core.lifecycle;

/**
 * Where a generation stands between launch and exit. {@link #after} is the only way to a new phase.
 *
 * <pre>
 *   STARTING --built--------> STANDBY --lease taken--> RUNNING
 *   STARTING, STANDBY, RUNNING --stop requested--> DRAINING --drained--> STOPPED
 *   STARTING, STANDBY --failed--> STOPPED
 * </pre>
 *
 * Degraded is a verdict of health, not a phase.
 */
public enum Phase {
    STARTING("starting"),
    STANDBY("standby"),
    RUNNING("running"),
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
        /** This generation holds the gateway lease. */
        LEASE_TAKEN,
        /** Somebody asked for the end. */
        STOP_REQUESTED,
        /** The start failed. */
        FAILED,
        /** Everything that could end in time has ended. */
        DRAINED
    }

    /**
     * The phase that follows.
     *
     * @throws IllegalStateException if the event cannot happen in this phase
     */
    public Phase after(Event event) {
        return switch (event) {
            case BUILT -> move(event, STANDBY, this == STARTING);
            case LEASE_TAKEN -> move(event, RUNNING, this == STANDBY);
            case STOP_REQUESTED ->
                    move(event, DRAINING, this == STARTING || this == STANDBY || this == RUNNING);
            case FAILED -> move(event, STOPPED, this == STARTING || this == STANDBY);
            case DRAINED -> move(event, STOPPED, this == DRAINING);
        };
    }

    private Phase move(Event event, Phase next, boolean allowed) {
        if (!allowed) {
            throw new IllegalStateException(event + " cannot happen in phase " + this);
        }
        return next;
    }
}
