package dev.evergate.keeper.link;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.PollSet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One end of a link: whole messages with their descriptors.
 *
 * <p>Thread-safety: any number of senders, one receiver.
 */
public final class LinkSocket implements AutoCloseable {
    private final PacketSocket socket;
    private final Object sending = new Object();

    /** Speaks over an open socket and owns it from now on. */
    public LinkSocket(PacketSocket socket) {
        this.socket = socket;
    }

    /** A message and the descriptors that came with it, which belong to the receiver. */
    public record Received(LinkMessage message, List<Descriptor> descriptors) {
        public Received {
            descriptors = List.copyOf(descriptors);
        }

        /** Closes the descriptors nobody wants. */
        public void discard() {
            for (Descriptor descriptor : descriptors) {
                descriptor.close();
            }
        }
    }

    /** Connects to a keeper; a send fails when the keeper does not read for a second. */
    public static LinkSocket connect(Path path) throws IOException {
        return new LinkSocket(PacketSocket.connect(path));
    }

    /** Sends one message with copies of the descriptors; throws after the end of the link, too. */
    public void send(LinkMessage message, Descriptor... descriptors) throws IOException {
        byte[] bytes = message.encode();
        synchronized (sending) {
            if (!socket.descriptor().isOpen()) {
                throw new IOException("The link has ended");
            }
            socket.send(bytes, descriptors);
        }
    }

    /** The next message, empty at the end of the stream; waits on a socket that blocks. */
    public Optional<Received> receive() throws IOException {
        Optional<PacketSocket.Packet> packet = socket.receive(LinkMessage.BYTES_MAX);
        if (packet.isEmpty()) {
            return Optional.empty();
        }
        List<Descriptor> descriptors = packet.get().descriptors();
        try {
            return Optional.of(new Received(LinkMessage.decode(packet.get().bytes()), descriptors));
        } catch (LinkFormatException e) {
            for (Descriptor descriptor : descriptors) {
                descriptor.close();
            }
            throw e;
        }
    }

    /** Whether {@link #receive} has something to return within this time. */
    public boolean awaitMessage(int timeoutMs) throws IOException {
        return PollSet.awaitOne(socket.descriptor(), timeoutMs);
    }

    /** The process on the other side. */
    public PacketSocket.Peer peer() throws IOException {
        return socket.peer();
    }

    /** The descriptor, for {@link PollSet}. */
    public Descriptor descriptor() {
        return socket.descriptor();
    }

    /** Ends the stream and wakes a waiting receiver, who then closes. */
    public void shutdown() {
        socket.shutdown();
    }

    @Override
    public void close() {
        synchronized (sending) { // The number may be another one's as soon as it is closed.
            socket.close();
        }
    }
}
