package dev.evergate.server.transit;

import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.ws.UnreadInput;

import java.util.List;
import java.util.Optional;

/**
 * A connection between two servers. Immutable. Times are ages, because clocks of two processes need
 * not agree.
 */
public final class FrozenSession {
    private final StateVersions versions;
    private final Standing standing;
    private final UnreadInput input;
    private final byte[] output;

    /** How far it had come. */
    public sealed interface Standing {}

    /**
     * It has been greeted, and who it is is not known.
     *
     * @param nonce of the challenge
     * @param leftNanos until it must have
     * @param waiting messages that were being looked at, to be taken again
     */
    public record Greeting(String nonce, Peer peer, long leftNanos, List<JsonText> waiting)
            implements Standing {
        public Greeting {
            waiting = List.copyOf(waiting);
        }
    }

    /**
     * It is served.
     *
     * @param seat on the presence board, if it is there
     * @param seq of the last event it was sent
     * @param warrant empty if it comes from a release that kept none
     * @param owed ids, as JSON, of the requests that are still being answered where it comes from
     * @param duty of a node; empty for others
     */
    public record Open(
            Grant grant,
            Optional<Warrant> warrant,
            Optional<Seat> seat,
            long seq,
            List<String> owed,
            Pulse pulse,
            Optional<Duty> duty)
            implements Standing {
        public Open {
            owed = List.copyOf(owed);
        }

        /** Of one that is no node. */
        public Open(
                Grant grant,
                Optional<Warrant> warrant,
                Optional<Seat> seat,
                long seq,
                List<String> owed,
                Pulse pulse) {
            this(grant, warrant, seat, seq, owed, pulse, Optional.empty());
        }
    }

    /**
     * What a node is here for.
     *
     * @param sinceMs when it came; wall clock
     * @param errands it has been sent for and has not brought back
     */
    public record Duty(long sinceMs, List<Errand> errands) {
        public Duty {
            errands = List.copyOf(errands);
        }
    }

    /**
     * Something a node has been asked for.
     *
     * @param id the node answers with
     * @param key the same for whoever asks for the same again
     * @param leftMs until nobody waits for it any more
     */
    public record Errand(String id, String command, String key, long leftMs) {}

    /**
     * A place on the presence board.
     *
     * @param sinceMs wall clock
     * @param isTold whether clients know
     */
    public record Seat(long sinceMs, boolean isTold) {}

    /**
     * Its signs of life.
     *
     * @param heardNanos since anything came from it
     * @param pingedNanos since it was asked
     * @param isUnanswered whether it owes us the answer to that
     */
    public record Pulse(long heardNanos, long pingedNanos, boolean isUnanswered) {}

    /**
     * @param versions as its server knew them
     * @param input that was read and not worked on
     * @param output that was written and not sent; not to be changed any more
     */
    public FrozenSession(
            StateVersions versions, Standing standing, UnreadInput input, byte[] output) {
        this.versions = versions;
        this.standing = standing;
        this.input = input;
        this.output = output;
    }

    public StateVersions versions() {
        return versions;
    }

    public Standing standing() {
        return standing;
    }

    public UnreadInput input() {
        return input;
    }

    /** Shared: not to be changed. */
    public byte[] output() {
        return output;
    }
}
