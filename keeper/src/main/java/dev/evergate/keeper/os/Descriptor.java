package dev.evergate.keeper.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor with exactly one owner.
 *
 * <p>All descriptors of this package are close-on-exec. Thread-safety: safe; closing is idempotent,
 * so a number that the kernel has already given to somebody else is never closed twice.
 */
public final class Descriptor implements AutoCloseable {
    private static final MemorySegment CLOSE = Native.function("close");
    private static final MemorySegment FCNTL = Native.function("fcntl");
    private static final MemorySegment OPEN = Native.function("open");
    private static final int NONE = -1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int FD_CLOEXEC = 1;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    private final AtomicInteger number;

    /** Takes ownership of an open descriptor, for example one inherited from a service manager. */
    public Descriptor(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("descriptor: " + number + " (expected: >= 0)");
        }
        this.number = new AtomicInteger(number);
    }

    static Descriptor open(String path, int flags, int mode) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Native.persist(
                            arena,
                            OPEN,
                            Native.pointer(arena.allocateFrom(path)),
                            flags | O_CLOEXEC,
                            mode,
                            0,
                            0);
            return new Descriptor(Native.check("open", path, result));
        }
    }

    /**
     * The number; throws {@link IllegalStateException} after {@link #close} or {@link #release}.
     */
    public int number() {
        int current = number.get();
        if (current == NONE) {
            throw new IllegalStateException("The descriptor is closed or was given away");
        }
        return current;
    }

    /** Whether this object still owns a descriptor. */
    public boolean isOpen() {
        return number.get() != NONE;
    }

    /** Gives the number to another owner, who closes it; this object is as good as closed. */
    public int release() {
        int current = number();
        if (!number.compareAndSet(current, NONE)) {
            throw new IllegalStateException("The descriptor is closed or was given away");
        }
        return current;
    }

    /** Makes reads, writes and accepts return at once, for everybody who shares the open file. */
    public void setNonBlocking() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int flags =
                    Native.check(
                            "fcntl",
                            "F_GETFL",
                            Native.call(arena, FCNTL, number(), F_GETFL, 0, 0, 0));
            Native.check(
                    "fcntl",
                    "F_SETFL",
                    Native.call(arena, FCNTL, number(), F_SETFL, flags | O_NONBLOCK, 0, 0));
        }
    }

    /** Keeps the descriptor from programs this process starts. */
    public void setCloseOnExec() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            Native.check(
                    "fcntl",
                    "F_SETFD",
                    Native.call(arena, FCNTL, number(), F_SETFD, FD_CLOEXEC, 0, 0));
        }
    }

    /** Closes the descriptor once; an error has no consequence a caller could act on. */
    @Override
    public void close() {
        int current = number.getAndSet(NONE);
        if (current != NONE) {
            try (Arena arena = Arena.ofConfined()) {
                // Never repeated after EINTR: Linux has released the number by then.
                var _ = Native.call(arena, CLOSE, current, 0, 0, 0, 0);
            }
        }
    }

    @Override
    public String toString() {
        int current = number.get();
        return current == NONE ? "closed" : "descriptor " + current;
    }
}
