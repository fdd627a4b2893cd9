package dev.evergate.core.journal;

import java.util.function.Predicate;

/** Who may write. One gateway lease for each state directory. */
public interface Leases {
    /**
     * Takes the gateway lease under a new epoch if nobody holds it or {@code isGone} says that its
     * holder is no more. No time-out decides: on one host the keeper knows who is dead.
     */
    Outcome take(Holder holder, Predicate<Holder> isGone);

    /** Gives the lease back; without effect if it has passed on. */
    void release(Epoch epoch);

    /**
     * One life of a gateway.
     *
     * @param instance UUID of the keeper's life
     * @param generation number of the generation within the state directory
     */
    record Holder(String instance, long generation) {}

    /** How taking the lease went. */
    sealed interface Outcome {
        record Taken(Epoch epoch) implements Outcome {}

        record Held(Holder by) implements Outcome {}
    }
}
