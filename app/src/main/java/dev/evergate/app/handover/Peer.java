package dev.evergate.app.handover;

import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.server.move.Moving;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The other generation, during a hand-over. Thread-safe: any number of senders, one receiver, who
 * closes.
 */
final class Peer implements AutoCloseable {
    private final PeerSocket socket;
    private final Object ending = new Object();
    private boolean isClosed;

    Peer(PeerSocket socket) {
        this.socket = socket;
    }

    /** Sends; throws when the other one is gone or does not read, and then it stays so. */
    void send(PeerMessage message) throws IOException {
        int[] descriptors =
                message instanceof PeerMessage.Connections(var _, var moving)
                        ? moving.stream().mapToInt(Moving::descriptor).toArray()
                        : new int[0];
        socket.send(PeerCodec.encode(message), descriptors);
    }

    /**
     * The next message, empty at the end. The descriptors of {@link PeerMessage.Connections} are
     * the caller's from now on.
     */
    Optional<PeerMessage> receive() throws IOException {
        Optional<PeerSocket.Received> received = socket.receive();
        if (received.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> numbers = new ArrayList<>();
        received.get().descriptors().forEach(descriptor -> numbers.add(descriptor.number()));
        try {
            PeerMessage message = PeerCodec.decode(received.get().bytes(), numbers);
            if (message instanceof PeerMessage.Connections) {
                received.get().descriptors().forEach(Peer::release);
            } else {
                received.get().discard();
            }
            return Optional.of(message);
        } catch (IOException e) {
            received.get().discard();
            throw e;
        }
    }

    private static void release(Descriptor descriptor) {
        int _ = descriptor.release();
    }

    /** Ends the conversation and wakes the receiver; without effect after {@link #close}. */
    void shutdown() {
        synchronized (ending) { // A number that is closed may be another file's at once.
            if (!isClosed) {
                socket.shutdown();
            }
        }
    }

    @Override
    public void close() {
        synchronized (ending) {
            isClosed = true;
        }
        socket.close();
    }
}
