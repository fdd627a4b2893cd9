package dev.evergate.app.handover;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;

import java.util.List;

/**
 * What two generations say to each other during a hand-over. Immutable.
 *
 * <pre>
 * predecessor                              successor
 *   Opening
 *   Connections 1 (and their descriptors) →
 *                                          ← Adopted 1
 *   Happened, Answered …                  →
 *   Connections 2 …                       →
 *   Ready (what runs here)                →
 *                                          ← Serving (it holds the lease)
 *   Happened, Answered, Accepted …        →
 *                                          ← Stop (a run that goes on here)
 *   Bye                                   →
 * </pre>
 *
 * <p>The order in which the predecessor speaks is the order in which things happened: what it says
 * before some connections has been sent to them, what it says after has not.
 */
sealed interface PeerMessage {
    /** The first word; {@code protocol} rises when an older reader would misunderstand. */
    record Opening(int protocol, long generation, StateVersions versions) implements PeerMessage {}

    /** Connections and, in the same order, their descriptors. */
    record Connections(long number, List<Moving> moving) implements PeerMessage {
        public Connections {
            moving = List.copyOf(moving);
        }
    }

    /** Something happened in a turn that goes on in the predecessor. */
    record Happened(GatewayEvent event) implements PeerMessage {}

    /** An answer to a request that the predecessor took, for a connection that has moved. */
    record Answered(String connection, Text answer, boolean isLast) implements PeerMessage {}

    /** A request, as the client sent it, that is left to the successor. */
    record Asked(String connection, Text request) implements PeerMessage {}

    /** Nothing more has to move before the lease does. */
    record Ready(List<ActiveRun> running) implements PeerMessage {
        public Ready {
            running = List.copyOf(running);
        }
    }

    /** A message was accepted and is the successor's to answer. */
    record Accepted(String runId) implements PeerMessage {}

    /** The predecessor says nothing more. */
    record Bye() implements PeerMessage {}

    /** The connections of that number belong to the successor, none of which it has touched. */
    record Adopted(long number) implements PeerMessage {}

    /** The successor holds the lease and serves. */
    record Serving(long epoch) implements PeerMessage {}

    /** Somebody wants a run to stop that goes on in the predecessor. */
    record Stop(String runId) implements PeerMessage {}

    /** Bytes of a frame's text, as a client sends or gets them. */
    final class Text {
        private final byte[] bytes;

        Text(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }
}
