package dev.evergate.keeper.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A {@code flock(2)} lock: the kernel holds it for the file, whatever path leads there, and drops
 * it when the process dies.
 *
 * <p>A {@code FileChannel} lock would be lost as soon as the same process opens and closes the file
 * somewhere else. Thread-safety: immutable.
 */
public final class FileLock implements AutoCloseable {
    private static final MemorySegment FLOCK = Native.function("flock");
    private static final int O_RDWR_CREAT = 0x2 | 0x40;
    private static final int OWNER_ONLY = 0600;
    private static final int LOCK_EX_NB = 2 | 4;

    private final Descriptor descriptor;

    private FileLock(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Takes the lock, creating the file if needed; empty while somebody else holds it. */
    public static Optional<FileLock> tryLock(Path file) throws OsException {
        Descriptor descriptor = Descriptor.open(file.toString(), O_RDWR_CREAT, OWNER_ONLY);
        try (Arena arena = Arena.ofConfined()) {
            int result = Native.persist(arena, FLOCK, descriptor.number(), LOCK_EX_NB, 0, 0, 0);
            if (result == 0) {
                return Optional.of(new FileLock(descriptor));
            }
            descriptor.close();
            if (result == -Errno.EAGAIN.number()) {
                return Optional.empty();
            }
            throw new OsException("flock", file.toString(), -result);
        }
    }

    /** Drops the lock. */
    @Override
    public void close() {
        descriptor.close();
    }
}
