package dev.evergate.app;

import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.PeerSocket;

import java.util.Map;
import java.util.Optional;
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

    /** Nobody is to come by that address any more; for one that was never open, nothing happens. */
    void retire(String host, int port);

    /** Whether generations are processes of their own, one after the other. */
    boolean hasKeeper();

    /** This generation could take over from the one that serves now. */
    void rehearsed();

    /** This generation serves, and nobody did before it. */
    void ready();

    /** This generation serves in the place of its predecessor. */
    void committed(long epoch, int adoptedConnections);

    /** The hand-over has failed: the successor has to be dead before this generation goes on. */
    void broken(String reason);

    /** What has gone over to the successor, as far as it has. */
    void handed(int movedConnections, int cutConnections, int turns);

    /** This generation cannot serve, and why. */
    void refused(ExitCode exit, String message);

    /**
     * Asks for the next generation and waits for nothing; {@link RestartDesk#outcome} tells what
     * became of it, if this generation lives to hear it.
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
     * @param generation number, from 1
     * @param deadGeneration the newest generation known to have ended; 0 if none is
     * @param predecessor the generation that serves while this one starts; 0 if none does
     * @param mode how much this generation dares
     */
    record Life(
            String instance,
            long generation,
            long deadGeneration,
            long predecessor,
            StartMode mode) {
        boolean hasPredecessor() {
            return predecessor > 0;
        }
    }

    /**
     * That this generation is to end.
     *
     * @param budgetMs how long it may take
     * @param exit the code to exit with
     */
    record StopRequest(long budgetMs, ExitCode exit, Next next, String reason) {
        /** Whether clients will find somebody. */
        boolean isRestart() {
            return next != Next.NOBODY;
        }
    }

    /** Who serves after this generation. */
    enum Next {
        NOBODY,
        /** Somebody who starts when this one has ended. */
        SUCCESSOR_COMES,
        /** Somebody to whom this one has handed everything over. */
        SUCCESSOR_SERVES
    }

    /** Hears what the outside wants; called on any thread, must not wait. */
    interface Asked {
        /** Somebody wants the end. */
        void stop(StopRequest request);

        /** The keeper has gone, and the end is to come within the request's budget. */
        void keeperLost(StopRequest request);

        /** Without a keeper: somebody wants another assembly in this process. */
        void again(Succession.Wish wish);

        /** Somebody wants the configuration to be read again. */
        void reload();

        /** A successor is ready: everything is to go to it, within the deadline. */
        void give(PeerSocket successor, long deadlineMs);

        /**
         * It is this generation's turn.
         *
         * @param predecessor who gives; empty if it is dead. May come a second time, then empty.
         */
        void take(Optional<PeerSocket> predecessor, long deadlineMs);

        /** The successor is dead, and this generation goes on. */
        void abort(String reason);
    }
}
