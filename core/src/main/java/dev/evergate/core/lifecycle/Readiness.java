package dev.evergate.core.lifecycle;

import java.util.List;

/**
 * What health routes answer from: computed from timestamped proofs on a thread of its own and
 * published whole, so that reading it never waits (I13, I14, I16).
 *
 * @param phase where this generation stands
 * @param generation number of the generation
 * @param instance UUID of the keeper's life
 * @param epoch of the gateway lease; 0 while it is not held
 * @param failing why messages cannot be accepted now; empty when they can
 * @param notices what a person should know although messages are accepted
 * @param startedAtNanos when the generation began, monotonic
 * @param observedAtNanos when this was computed, monotonic
 */
public record Readiness(
        Phase phase,
        long generation,
        String instance,
        long epoch,
        List<String> failing,
        List<String> notices,
        long startedAtNanos,
        long observedAtNanos) {
    public Readiness {
        failing = List.copyOf(failing);
        notices = List.copyOf(notices);
    }

    /** Whether a message sent now would be durably accepted. */
    public boolean isReady() {
        return failing.isEmpty();
    }
}
