package dev.evergate.app;

import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Outcome;

import java.util.Map;
import java.util.OptionalInt;

/**
 * Whoever owns the listening sockets and this generation's life: a keeper, or nobody but ourselves.
 *
 * <p>Thread-safe. Telling a keeper that has gone is without effect; the loss itself comes as a
 * {@link StopRequest}.
 */
interface Door {
    /** Which life of which gateway this is. */
    Life life();

    /**
     * Makes this gateway the owner of its state directory, unless a keeper has done so.
     *
     * @throws dev.evergate.core.fault.EvergateException {@code ALREADY_RUNNING} naming the owner
     */
    void own(StateDirectory state);

    /**
     * The listening socket for an address, as a descriptor; empty if this generation must open it
     * itself.
     *
     * @throws dev.evergate.core.fault.EvergateException {@code ADDRESS_IN_USE} naming the holder
     */
    OptionalInt open(String host, int port);

    /** This generation serves. */
    void ready();

    /** This generation cannot serve, and why. */
    void refused(ExitCode exit, String message);

    /**
     * Asks for the next generation and waits for nothing; {@link Asked#outcome} tells what became
     * of it, if this generation lives to hear it.
     *
     * @param requestId repeated in the outcome
     * @throws dev.evergate.core.fault.EvergateException UNAVAILABLE if nobody can be asked
     */
    void wantRestart(String reason, String requestId);

    /** The process that signals for this gateway go to. */
    long ownerPid();

    /** This generation makes progress. */
    void beat(String phase, Map<String, Long> loopAgesMs);

    /** Everything is done; the process ends now. */
    void finished();

    /**
     * @param instance UUID of the keeper's life
     * @param generation number, from 1; 0 without a keeper
     * @param deadGeneration the newest generation known to have ended; 0 if none is
     * @param mode how much this generation dares
     */
    record Life(String instance, long generation, long deadGeneration, StartMode mode) {}

    /**
     * That this generation is to end.
     *
     * @param budgetMs how long it may take
     * @param exit the code to exit with
     * @param successorComes whether somebody will serve again
     */
    record StopRequest(long budgetMs, ExitCode exit, boolean successorComes, String reason) {}

    /** Hears what the outside wants; called on any thread, must not wait. */
    interface Asked {
        /** Somebody wants the end. */
        void stop(StopRequest request);

        /** The keeper has gone, and the end is to come within the request's budget. */
        void keeperLost(StopRequest request);

        /** Somebody wants the configuration to be read again. */
        void reload();

        /** What became of a wish for a restart. */
        void outcome(Outcome outcome);

        /** A restart is over, and this generation serves after it. */
        void report(Map<String, String> fields);
    }
}
