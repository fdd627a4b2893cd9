package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An accepted TCP connection that does not block.
 *
 * <p>Thread-safety: one reader and one writer at a time.
 */
public final class TcpStream implements AutoCloseable {
    private static final MemorySegment RECV = Native.function("recv");
    private static final MemorySegment SEND = Native.function("send");
    private static final MemorySegment SHUTDOWN = Native.function("shutdown");
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_WR = 1;
    private static final int DISCARD_BYTES = 16 * 1024;

    private final Descriptor descriptor;

    TcpStream(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Throws away what can be read now; false once the peer has sent everything or is gone. */
    public boolean discard() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(DISCARD_BYTES);
            int result =
                    Native.persist(
                            arena,
                            RECV,
                            descriptor.number(),
                            Native.pointer(buffer),
                            DISCARD_BYTES,
                            0,
                            0);
            return result > 0 || result == -Errno.EAGAIN.number();
        }
    }

    /** Writes what fits without waiting; false if not everything did or the peer is gone. */
    public boolean write(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, body, JAVA_BYTE, 0, bytes.length);
            int result =
                    Native.persist(
                            arena,
                            SEND,
                            descriptor.number(),
                            Native.pointer(body),
                            bytes.length,
                            MSG_NOSIGNAL,
                            0);
            return result == bytes.length;
        }
    }

    /** Tells the peer that nothing more will be written. */
    public void endOutput() {
        try (Arena arena = Arena.ofConfined()) {
            // ENOTCONN only says that the peer was faster.
            var _ = Native.call(arena, SHUTDOWN, descriptor.number(), SHUT_WR, 0, 0, 0);
        }
    }

    /** The descriptor, for {@link PollSet}. */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
