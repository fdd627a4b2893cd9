package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sessions, signals and children of this process.
 *
 * <p>Thread-safety: stateless; the settings are those of the whole process.
 */
public final class ProcessControl {
    /** Asks a process to end. */
    public static final int SIGTERM = 15;

    /** Asks a JVM for its threads; ends most other programs. */
    public static final int SIGQUIT = 3;

    /** Ends a process. */
    public static final int SIGKILL = 9;

    private static final MemorySegment EXIT = Native.function("_exit");
    private static final MemorySegment GETEUID = Native.function("geteuid");
    private static final MemorySegment KILL = Native.function("kill");
    private static final MemorySegment PRCTL = Native.function("prctl");
    private static final MemorySegment SETSID = Native.function("setsid");
    private static final MemorySegment WAITID = Native.function("waitid");
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGINFO_BYTES = 128;
    private static final int SI_PID_OFFSET = 16;

    private ProcessControl() {}

    /** The user this process acts as. */
    public static int userId() {
        try (Arena arena = Arena.ofConfined()) {
            return Native.call(arena, GETEUID, 0, 0, 0, 0, 0);
        }
    }

    /** Leaves the terminal's session, so that its signals reach only whoever started us. */
    public static void startSession() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            Native.check("setsid", "", Native.call(arena, SETSID, 0, 0, 0, 0, 0));
        }
    }

    /**
     * Ends this process at once, without a word to anybody in it; does not return. The JVM's own
     * way out waits up to 300 ms for threads that stand in native code, such as one that waits for
     * a socket.
     */
    public static void exit(int code) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = Native.call(arena, EXIT, code, 0, 0, 0, 0);
        }
    }

    /** Makes orphans among our descendants our children instead of those of process 1. */
    public static void adoptOrphans() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            Native.check(
                    "prctl",
                    "PR_SET_CHILD_SUBREAPER",
                    Native.call(arena, PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
        }
    }

    /** Sends a signal; false when there is no such process. */
    public static boolean signal(long pid, int signal) throws OsException {
        if (pid <= 1) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: > 1)");
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = Native.call(arena, KILL, pid, signal, 0, 0, 0);
            if (result == -Errno.ESRCH.number()) {
                return false;
            }
            Native.check("kill", "pid " + pid, result);
            return true;
        }
    }

    /**
     * The pid of a child that has ended and was not waited for, 0 when there is none.
     *
     * <p>The child stays as it is: whoever started it still gets its exit code.
     */
    public static long endedChild() {
        return await(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT);
    }

    /** Takes an ended child out of the process table; false if it is no ended child of ours. */
    public static boolean reap(long pid) {
        return await(P_PID, pid, WEXITED | WNOHANG) == pid;
    }

    private static long await(int kind, long pid, int options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
            int result = Native.persist(arena, WAITID, kind, pid, Native.pointer(info), options, 0);
            return result < 0 ? 0 : info.get(JAVA_INT, SI_PID_OFFSET);
        }
    }
}
