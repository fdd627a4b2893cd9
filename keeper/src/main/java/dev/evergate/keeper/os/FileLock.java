package dev.evergate.keeper.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A {@code flock(2)} lock: the kernel holds it for the file, whatever path leads there, and drops
 * it when the process dies.
 *
 * <p>A {@code FileChannel} lock would be lost as soon as the same process opens and closes the file
 * somewhere else. A lock on a file that was deleted or replaced meanwhile is no lock: taking one
 * looks again whether the path still leads to the file. Thread-safety: immutable.
 */
public final class FileLock implements AutoCloseable {
    private static final MemorySegment FLOCK = Native.function("flock");
    private static final int O_RDWR_CREAT = 0x2 | 0x40;
    private static final int OWNER_ONLY = 0600;
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int KIND_FIELD = 1;
    private static final int PID_FIELD = 4;
    private static final int PLACE_FIELD = 5;

    private final Descriptor descriptor;

    private FileLock(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Takes the lock, creating the file if needed; empty while somebody else holds it. */
    public static Optional<FileLock> tryLock(Path file) throws IOException {
        while (true) {
            Descriptor descriptor = Descriptor.open(file.toString(), O_RDWR_CREAT, OWNER_ONLY);
            try (Arena arena = Arena.ofConfined()) {
                int result = Native.persist(arena, FLOCK, descriptor.number(), LOCK_EX_NB, 0, 0, 0);
                if (result == -Errno.EAGAIN.number()) {
                    descriptor.close();
                    return Optional.empty();
                }
                Native.check("flock", file.toString(), result);
                if (isStillAt(file, descriptor)) {
                    return Optional.of(new FileLock(descriptor));
                }
                descriptor.close();
            } catch (IOException e) {
                descriptor.close();
                throw e;
            }
        }
    }

    /**
     * Whether this process holds a lock of this kind on the file, as the kernel says; false also
     * when it does not tell.
     *
     * <p>Source: {@code /proc/locks}. The device is not compared: file systems made of layers show
     * another one there than to {@code stat}.
     */
    public static boolean isHeldBy(long pid, Path file) {
        try {
            String inode = ":" + Files.getAttribute(file, "unix:ino");
            String locks = ProcessTable.text(Path.of("/proc/locks"));
            for (int at = 0, end; at < locks.length(); at = end + 1) {
                end = locks.indexOf('\n', at);
                end = end < 0 ? locks.length() : end;
                String[] words = ProcessTable.words(locks.substring(at, end));
                if (words.length > PLACE_FIELD
                        && words[KIND_FIELD].equals("FLOCK")
                        && words[PID_FIELD].equals(Long.toString(pid))
                        && words[PLACE_FIELD].endsWith(inode)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean isStillAt(Path file, Descriptor descriptor) throws IOException {
        Path ours = Path.of("/proc/self/fd/" + descriptor.number());
        Object held = Files.readAttributes(ours, BasicFileAttributes.class).fileKey();
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey().equals(held);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Drops the lock. */
    @Override
    public void close() {
        descriptor.close();
    }
}
