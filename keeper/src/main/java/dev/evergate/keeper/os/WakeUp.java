package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Ends another thread's wait in {@link PollSet}.
 *
 * <p>Thread-safety: {@link #ring} from any thread, {@link #clear} from the waiting one. An {@code
 * eventfd(2)} below.
 */
public final class WakeUp implements AutoCloseable {
    private static final MemorySegment EVENTFD = Native.function("eventfd");
    private static final MemorySegment READ = Native.function("read");
    private static final MemorySegment WRITE = Native.function("write");
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private final Descriptor descriptor;

    public WakeUp() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result = Native.call(arena, EVENTFD, 0, EFD_CLOEXEC_NONBLOCK, 0, 0, 0);
            descriptor = new Descriptor(Native.check("eventfd", "", result));
        }
    }

    /** Makes the descriptor readable until {@link #clear}. */
    public void ring() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
            // Would fail only at 2^64 - 2 rings, when it is readable anyway.
            var _ = Native.persist(arena, WRITE, descriptor.number(), Native.pointer(one), 8, 0, 0);
        }
    }

    /** Makes the descriptor unreadable until the next {@link #ring}. */
    public void clear() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            var _ =
                    Native.persist(
                            arena, READ, descriptor.number(), Native.pointer(count), 8, 0, 0);
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
