package dev.evergate.testkit.crowd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The bytes of one connection. Lives on its loop. */
final class Wire {
    /** Small enough that a peer which writes a lot soon has to wait. */
    static final int SMALL_BUFFER_BYTES = 4_096;

    private final Loop loop;
    private final End end;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private boolean isReading = true;
    private boolean isEnded;

    /** Who uses a connection. */
    interface End {
        void connected();

        /** Bytes have come; they are valid during the call. */
        void bytes(ByteBuffer in);

        /** It is over; the exception says why if it did not end in good order. */
        void ended(Optional<IOException> why);
    }

    private Wire(Loop loop, End end, SocketChannel channel) throws IOException {
        this.loop = loop;
        this.end = end;
        this.channel = channel;
        this.key = loop.register(channel, SelectionKey.OP_CONNECT, this);
    }

    /** Begins to connect. {@code from} is a local address with port 0. */
    static Wire open(
            Loop loop, InetSocketAddress from, InetSocketAddress to, boolean small, End end)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (small) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
            }
            // Without this bind(2) would keep the port from all other destinations.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(from);
            Wire wire = new Wire(loop, end, channel);
            boolean _ = channel.connect(to); // On loopback too the loop tells when it is done.
            return wire;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The port on this side; 0 when it is closed. */
    int localPort() {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress local
                    ? local.getPort()
                    : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    boolean isEnded() {
        return isEnded;
    }

    void send(byte[] bytes) {
        if (isEnded) {
            return;
        }
        unsent.add(ByteBuffer.wrap(bytes));
        if (unsent.size() == 1) {
            write();
        }
    }

    /** Whether bytes are taken out of the socket. */
    void read(boolean wanted) {
        isReading = wanted;
        listen();
    }

    private void listen() {
        if (!isEnded && key.isValid() && !channel.isConnectionPending()) {
            int interest =
                    (isReading ? SelectionKey.OP_READ : 0)
                            | (unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE);
            key.interestOps(interest);
        }
    }

    void ready() {
        try {
            if (key.isValid() && key.isConnectable() && channel.finishConnect()) {
                listen();
                end.connected();
            }
            if (key.isValid() && key.isWritable()) {
                write();
            }
            if (key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            end(Optional.of(e));
        }
    }

    private void read() throws IOException {
        ByteBuffer buffer = loop.buffer();
        int count = channel.read(buffer);
        if (count < 0) {
            end(Optional.empty());
        } else if (count > 0) {
            end.bytes(buffer.flip());
        }
    }

    private void write() {
        if (channel.isConnectionPending()) {
            return;
        }
        try {
            for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
                int _ = channel.write(next);
                if (next.hasRemaining()) {
                    break;
                }
                unsent.remove();
            }
            listen();
        } catch (IOException e) {
            end(Optional.of(e));
        }
    }

    private void end(Optional<IOException> why) {
        if (!isEnded) {
            close();
            end.ended(why);
        }
    }

    /** Closes it without telling its user. */
    void close() {
        isEnded = true;
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed as far as anybody can tell.
        }
    }
}
