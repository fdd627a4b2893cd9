package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.tls.TlsChannel;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.ws.CloseCode;
import dev.evergate.server.ws.FrameEncoder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * What one connection is sent: whole frames, in order, within what it may leave unread (I42). Lives
 * on the connection's event loop.
 */
final class Outflow {
    /** Events for one connection are joined up to about this size. */
    private static final int JOINED_BYTES = 65_536;

    private final Channel channel;
    private final Shard shard;
    private final Runnable onTooSlow;
    private long seq;
    private boolean isReading;
    private boolean isEnded;

    /** Whether the client has said who it is. */
    private boolean isKnown;

    /**
     * @param onTooSlow is run when the peer leaves too much unread; nothing more is sent
     */
    Outflow(Channel channel, Shard shard, Runnable onTooSlow) {
        this.channel = channel;
        this.shard = shard;
        this.onTooSlow = onTooSlow;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    /** Bytes the peer has been sent and has not taken yet. */
    long bufferedBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** The number of the last event. */
    long seq() {
        return seq;
    }

    /** A copy of what was written and has not left; the channel is not registered. */
    byte[] unsent() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer != null) {
            buffer.addFlush();
            try {
                buffer.forEachFlushedMessage(message -> copy(message, out));
            } catch (Exception unreadable) {
                throw new IllegalStateException("unsent output cannot be read", unreadable);
            }
        }
        return out.toByteArray();
    }

    private static boolean copy(Object message, ByteArrayOutputStream out) throws IOException {
        if (message instanceof ByteBuf bytes) {
            bytes.getBytes(bytes.readerIndex(), out, bytes.readableBytes());
        }
        return true;
    }

    /**
     * Goes on where another server stopped.
     *
     * @param lastSeq of the events it sent
     * @param unsent the rest of its frames
     */
    void goOn(long lastSeq, byte[] unsent) {
        beginReading(); // it leaves with what is answered first
        seq = lastSeq;
        if (unsent.length > 0) {
            write(Unpooled.wrappedBuffer(unsent));
        }
    }

    /** Sends a whole frame, which becomes ours; it leaves with the next flush. */
    void send(ByteBuf frame) {
        if (isEnded) {
            frame.release();
        } else if (bufferedBytes() + frame.readableBytes() > bufferedBytesMax()) {
            frame.release();
            onTooSlow.run();
        } else {
            write(frame);
        }
    }

    /** Who says nothing of itself gets as little as it may send, whatever it asks on and on. */
    private long bufferedBytesMax() {
        return isKnown ? shard.bufferedBytesMax() : Limits.FRAME_BYTES_BEFORE_HELLO;
    }

    /** The client has said who it is: it may leave more unread. */
    void widen() {
        isKnown = true;
    }

    private void write(ByteBuf bytes) {
        var _ = channel.write(bytes, channel.voidPromise());
    }

    /** Input is being worked on: what answers it leaves together at the end. */
    void beginReading() {
        isReading = true;
    }

    void endReading() {
        isReading = false;
        flush();
    }

    /** Lets what was sent leave, at once or with the rest of what is being worked on. */
    void flushSoon() {
        if (!isReading) {
            flush();
        }
    }

    void flush() {
        channel.flush();
    }

    /**
     * Sends the events that are for this grant. Each uses up a number, also one that is left out
     * because the peer reads too slowly: so it can see that it missed something.
     *
     * @param skipped events that were lost before
     */
    void events(Bundle bundle, long skipped, Grant grant) {
        seq += skipped;
        ByteBuf joined = null;
        long waiting = bufferedBytes();
        for (int i = 0; i < bundle.size() && !isEnded; i++) {
            if (!bundle.event(i).isFor(grant)) {
                continue;
            }
            seq++;
            int bytes = bundle.frameBytes(i, seq);
            if (bundle.event(i).isDroppable() && waiting + bytes > shard.bufferedBytesMax() / 2) {
                continue;
            }
            waiting += bytes;
            if (waiting > shard.bufferedBytesMax()) {
                onTooSlow.run();
            } else if (bundle.isShared(i)) {
                joined = leave(joined);
                write(bundle.prefix(i, seq, allocator()));
                write(bundle.head(i, allocator()));
                write(bundle.suffix(seq, allocator()));
            } else {
                joined = joined == null ? allocator().ioBuffer(bytes) : joined;
                Frames.event(joined.ensureWritable(bytes), bundle.event(i).head(), seq);
                joined = joined.readableBytes() > JOINED_BYTES ? leave(joined) : joined;
            }
        }
        var _ = leave(joined);
        flushSoon();
    }

    /** Writes what was joined, unless the end came in between. */
    private @Nullable ByteBuf leave(@Nullable ByteBuf joined) {
        if (joined != null && isEnded) {
            joined.release();
        } else if (joined != null) {
            write(joined);
        }
        return null;
    }

    /** Sends a close frame, and nothing after it. */
    void end(CloseCode code, String reason) {
        isEnded = true;
        var written = channel.writeAndFlush(FrameEncoder.close(allocator(), code, reason));
        if (channel instanceof SocketChannel socket) {
            // A peer that never answers a close frame still understands the end of the stream.
            var _ = written.addListener(_ -> TlsChannel.endOutput(socket));
        }
    }
}
