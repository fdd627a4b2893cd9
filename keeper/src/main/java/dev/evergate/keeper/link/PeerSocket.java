package dev.evergate.keeper.link;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.Errno;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.PollSet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One end of the connection between a generation and its successor: messages of nearly any length,
 * in order, with descriptors.
 *
 * <p>On the wire a message is one or more datagrams. Each begins with four bytes: how much of the
 * message follows from there on, itself included; descriptors come with the last one.
 * Thread-safety: any number of senders, one receiver; {@link #shutdown} from anywhere, {@link
 * #close} by the receiver.
 */
public final class PeerSocket implements AutoCloseable {
    /** The longest message. */
    public static final int BYTES_MAX = 256 * 1024 * 1024;

    /** Descriptors a message can carry. */
    public static final int DESCRIPTORS_MAX = PacketSocket.DESCRIPTORS_MAX;

    /** A peer that takes or continues a message no faster than this is as good as dead. */
    private static final int PIECE_TIMEOUT_MS = 2_000;

    private static final int HEADER_BYTES = 4;
    private static final int PIECE_BYTES = 64 * 1024 - HEADER_BYTES;

    private final PacketSocket socket;
    private final Object sending = new Object();

    /** A message with its descriptors; both belong to the receiver. */
    public static final class Received {
        private final byte[] bytes;
        private final List<Descriptor> descriptors;

        private Received(byte[] bytes, List<Descriptor> descriptors) {
            this.bytes = bytes;
            this.descriptors = descriptors;
        }

        /** The content. */
        public byte[] bytes() {
            return bytes;
        }

        /** What came with it, in the sender's order. */
        public List<Descriptor> descriptors() {
            return descriptors;
        }

        /** Closes the descriptors nobody wants. */
        public void discard() {
            for (Descriptor descriptor : descriptors) {
                descriptor.close();
            }
        }
    }

    /** Speaks over what came with {@link Word#GIVE} or {@link Word#TAKE}, and owns it. */
    public PeerSocket(Descriptor descriptor) throws OsException {
        this(new PacketSocket(descriptor));
    }

    /** Speaks over an open socket whose calls wait, and owns it from now on. */
    public PeerSocket(PacketSocket socket) throws OsException {
        this.socket = socket;
        socket.limitSend(PIECE_TIMEOUT_MS);
    }

    /**
     * Sends one message with copies of the descriptors, whose owner stays the caller; throws when
     * the peer is gone or does not read for two seconds. After that the connection is of no use:
     * part of the message may have been sent.
     */
    public void send(byte[] bytes, int... descriptors) throws IOException {
        if (bytes.length > BYTES_MAX || descriptors.length > DESCRIPTORS_MAX) {
            throw new IllegalArgumentException(
                    "message: %d bytes with %d descriptors (expected: <= %d with <= %d)"
                            .formatted(
                                    bytes.length, descriptors.length, BYTES_MAX, DESCRIPTORS_MAX));
        }
        synchronized (sending) {
            if (!socket.descriptor().isOpen()) {
                throw new IOException("The connection to the other generation has ended");
            }
            int at = 0;
            do {
                int length = Math.min(PIECE_BYTES, bytes.length - at);
                byte[] piece = new byte[HEADER_BYTES + length];
                ByteBuffer.wrap(piece).putInt(bytes.length - at).put(bytes, at, length);
                at += length;
                sendPiece(piece, at == bytes.length ? descriptors : new int[0]);
            } while (at < bytes.length);
        }
    }

    private void sendPiece(byte[] piece, int[] descriptors) throws IOException {
        try {
            socket.send(piece, descriptors);
        } catch (OsException e) {
            if (e.is(Errno.EAGAIN)) {
                throw new IOException("The other generation does not read", e);
            }
            throw e;
        }
    }

    /** Whether {@link #receive} has something to return, or the end of it, within this time. */
    public boolean awaitMessage(int timeoutMs) throws IOException {
        return PollSet.awaitOne(socket.descriptor(), timeoutMs);
    }

    /**
     * The next message, empty at the end of the stream; waits for it without end, but for the rest
     * of one that has begun only two seconds.
     */
    public Optional<Received> receive() throws IOException {
        Optional<PacketSocket.Packet> first = socket.receive(HEADER_BYTES + PIECE_BYTES);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        int length = remaining(first.get());
        if (length < 0 || length > BYTES_MAX) {
            throw malformed(first.get());
        }
        byte[] bytes = new byte[length];
        PacketSocket.Packet piece = first.get();
        int at = 0;
        while (true) {
            int pieceLength = piece.bytes().length - HEADER_BYTES;
            boolean isLast = pieceLength == length - at;
            boolean isEmptyMiddle = pieceLength == 0 && !isLast;
            boolean hasEarly = !isLast && !piece.descriptors().isEmpty();
            if (remaining(piece) != length - at
                    || pieceLength > length - at
                    || isEmptyMiddle
                    || hasEarly) {
                throw malformed(piece);
            }
            System.arraycopy(piece.bytes(), HEADER_BYTES, bytes, at, pieceLength);
            at += pieceLength;
            if (isLast) {
                return Optional.of(new Received(bytes, piece.descriptors()));
            }
            piece = next();
        }
    }

    private PacketSocket.Packet next() throws IOException {
        if (!awaitMessage(PIECE_TIMEOUT_MS)) {
            throw new IOException("The other generation stopped within a message");
        }
        return socket.receive(HEADER_BYTES + PIECE_BYTES)
                .orElseThrow(() -> new IOException("The other generation ended within a message"));
    }

    private static int remaining(PacketSocket.Packet piece) {
        return piece.bytes().length < HEADER_BYTES ? -1 : ByteBuffer.wrap(piece.bytes()).getInt();
    }

    private static IOException malformed(PacketSocket.Packet piece) {
        for (Descriptor descriptor : piece.descriptors()) {
            descriptor.close();
        }
        return new IOException("The other generation sent what is no message");
    }

    /** Ends the stream in both directions and wakes a waiting receiver, who then closes. */
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
