package dev.evergate.keeper.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A process that is the same one for as long as this object is open, even after it has ended and
 * its number was given to another one.
 *
 * <p>Source: {@code pidfd_open(2)}, Linux 5.3. Thread-safety: safe.
 */
public final class PinnedProcess implements AutoCloseable {
    private static final MemorySegment SYSCALL = Native.function("syscall");
    private static final int PIDFD_SEND_SIGNAL = 424;
    private static final int PIDFD_OPEN = 434;

    private final long pid;
    private final Descriptor descriptor;

    private PinnedProcess(long pid, Descriptor descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /**
     * Pins the process that has this number and began at this time; empty when there is none.
     *
     * @param startTicks as in {@link ProcessTable.Entry}
     */
    public static Optional<PinnedProcess> open(long pid, long startTicks) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result = Native.call(arena, SYSCALL, PIDFD_OPEN, pid, 0, 0, 0);
            if (result == -Errno.ESRCH.number()) {
                return Optional.empty();
            }
            Native.check("pidfd_open", "pid " + pid, result);
            PinnedProcess pinned = new PinnedProcess(pid, new Descriptor(result));
            Optional<ProcessTable.Entry> entry = ProcessTable.find(pid);
            if (entry.isPresent() && entry.get().startTicks() == startTicks) {
                return Optional.of(pinned);
            }
            pinned.close();
            return Optional.empty();
        }
    }

    /** Its number. */
    public long pid() {
        return pid;
    }

    /** Sends a signal; false when it has ended. */
    public boolean signal(int signal) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Native.call(
                            arena, SYSCALL, PIDFD_SEND_SIGNAL, descriptor.number(), signal, 0, 0);
            if (result == -Errno.ESRCH.number()) {
                return false;
            }
            Native.check("pidfd_send_signal", "pid " + pid, result);
            return true;
        }
    }

    /** Waits for its end; whether it came in time. */
    public boolean awaitEnd(int timeoutMs) throws OsException {
        return PollSet.awaitOne(descriptor, timeoutMs);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
