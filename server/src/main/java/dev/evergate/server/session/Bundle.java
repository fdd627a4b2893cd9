package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.ws.FrameEncoder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * Events on their way to the connections of one loop. Small ones are copied into one buffer a
 * connection, so that each costs one write; big ones are shared.
 */
final class Bundle {
    /** From here on sharing bytes is cheaper than copying them. */
    private static final int SHARED_BYTES_MIN = 8192;

    private final List<Broadcast> events;
    private final @Nullable ByteBuf[] shared;
    private final boolean hasVital;

    Bundle(List<Broadcast> events) {
        this.events = events;
        this.shared = new ByteBuf[events.size()];
        this.hasVital = events.stream().anyMatch(Broadcast::isVital);
    }

    /** Why a connection must end; empty if it need not. */
    Optional<String> dismissal(Grant grant) {
        return hasVital
                ? events.stream().flatMap(e -> e.dismissal(grant).stream()).findFirst()
                : Optional.empty();
    }

    int size() {
        return events.size();
    }

    Broadcast event(int i) {
        return events.get(i);
    }

    boolean isShared(int i) {
        return events.get(i).head().length >= SHARED_BYTES_MIN;
    }

    /** Bytes a connection is sent for event {@code i}. */
    int frameBytes(int i, long seq) {
        return Frames.eventBytes(events.get(i).head(), seq);
    }

    /** The shared head of event {@code i}, with a reference of the caller's own. */
    ByteBuf head(int i, ByteBufAllocator allocator) {
        ByteBuf head = shared[i];
        if (head == null) {
            byte[] bytes = events.get(i).head();
            head = allocator.directBuffer(bytes.length).writeBytes(bytes);
            shared[i] = head;
        }
        return head.retainedSlice(); // nobody can write behind it
    }

    /** Gives up this bundle's own references. */
    void release() {
        for (ByteBuf head : shared) {
            if (head != null) {
                head.release();
            }
        }
    }

    /** The header in front of a shared head. */
    ByteBuf prefix(int i, long seq, ByteBufAllocator allocator) {
        ByteBuf out = allocator.ioBuffer(FrameEncoder.HEADER_BYTES_MAX);
        FrameEncoder.textHeader(out, Frames.eventPayloadBytes(events.get(i).head(), seq));
        return out;
    }

    /** What follows a shared head. */
    ByteBuf suffix(long seq, ByteBufAllocator allocator) {
        ByteBuf out = allocator.ioBuffer(32);
        Frames.eventTail(out, seq);
        return out;
    }
}
