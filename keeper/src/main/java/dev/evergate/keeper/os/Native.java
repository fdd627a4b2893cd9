package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls functions of the C library, all through one method handle.
 *
 * <p>Every function is called as {@code long f(long, long, long, long, long)}. The calling
 * conventions of x86_64 and aarch64 pass integers and pointers in registers, a callee looks only at
 * the ones (and at the half of them) it declares, and variadic functions read integers from the
 * same registers; so one call shape serves all, and the keeper pays the price of one generated
 * stub. Results are {@code int} or fit one, and an error comes back as the negative error number,
 * as the kernel itself does it.
 *
 * <p>Thread-safety: stateless.
 */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
    private static final int EINTR = 4;

    private Native() {}

    /** The address of a function of the C library. */
    static MemorySegment function(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("The C library has no " + name));
    }

    /** The address of a segment that stays alive until the call returns. */
    static long pointer(MemorySegment segment) {
        return segment.address();
    }

    /** Calls once: the result, or the negative error number. */
    static int call(Arena arena, MemorySegment function, long a, long b, long c, long d, long e) {
        // The captured call state is one int on Linux: errno.
        MemorySegment errno = arena.allocate(JAVA_INT);
        try {
            int result = (int) (long) CALL.invokeExact(function, errno, a, b, c, d, e);
            return result < 0 ? -errno.get(JAVA_INT, 0) : result;
        } catch (Throwable t) {
            throw new IllegalStateException("A native call threw", t);
        }
    }

    /** Calls until it is not interrupted by a signal: the result, or the negative error number. */
    static int persist(
            Arena arena, MemorySegment function, long a, long b, long c, long d, long e) {
        int result;
        do {
            result = call(arena, function, a, b, c, d, e);
        } while (result == -EINTR);
        return result;
    }

    /** The result, or the exception that names the call. */
    static int check(String call, String subject, int result) throws OsException {
        if (result < 0) {
            throw new OsException(call, subject, -result);
        }
        return result;
    }
}
