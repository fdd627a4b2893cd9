package dev.evergate.server.move;

import dev.evergate.core.gateway.GatewayEvent;

import java.util.List;

/**
 * Something for the other server, in the one order in which it must arrive there. What stands
 * before a batch has already been sent to the batch's connections; what stands behind it has not.
 */
public sealed interface Item {
    /** Something happened: to be published there. */
    record Event(GatewayEvent event) implements Item {}

    /** A request that is to be answered there. Immutable. */
    final class Request implements Item {
        private final String connection;
        private final byte[] frame;

        /**
         * @param connection its id
         * @param frame payload of its text frame; not to be changed any more
         */
        public Request(String connection, byte[] frame) {
            this.connection = connection;
            this.frame = frame;
        }

        public String connection() {
            return connection;
        }

        /** Shared: not to be changed. */
        public byte[] frame() {
            return frame;
        }
    }

    /** Connections that were frozen together, at least one. */
    record Batch(List<Moving> connections) implements Item {
        public Batch {
            connections = List.copyOf(connections);
        }
    }

    /** An answer to a request that was read here, for a connection that has moved. Immutable. */
    final class Response implements Item {
        private final String connection;
        private final byte[] text;
        private final boolean isLast;

        /**
         * @param connection its id
         * @param text payload of the text frame to send; not to be changed any more
         * @param isLast whether the request is answered with it
         */
        public Response(String connection, byte[] text, boolean isLast) {
            this.connection = connection;
            this.text = text;
            this.isLast = isLast;
        }

        public String connection() {
            return connection;
        }

        /** Shared: not to be changed. */
        public byte[] text() {
            return text;
        }

        public boolean isLast() {
            return isLast;
        }
    }
}
