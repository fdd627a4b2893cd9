package dev.evergate.core.config.history;

import java.time.Instant;

/**
 * A configuration that came into force, or was kept out.
 *
 * @param number from 1; grows without ever being used again
 * @param hash opaque name of its content
 * @param plan for people: what was different from the one before
 */
public record Entry(
        long number, Instant when, Origin by, String who, String hash, String plan, State state) {
    /** Where it came from. */
    public enum Origin {
        FILE,
        RPC,
        CLI,
        UNDO,
        ROLLBACK,
        START
    }

    /** What became of it. */
    public enum State {
        /** In force, and not yet proven. */
        APPLIED,
        /** It served for as long as a probation takes. */
        PROVEN,
        /** Never in force. */
        REFUSED,
        /** In force for a while, and then taken back. */
        ROLLED_BACK
    }
}
