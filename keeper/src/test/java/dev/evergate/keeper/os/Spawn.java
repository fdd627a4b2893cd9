package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts a program with descriptors from 3 on, which {@code ProcessBuilder} cannot. */
public final class Spawn {
    private static final int FILE_ACTIONS_BYTES = 512;
    private static final MethodHandle POSIX_SPAWN =
            Linker.nativeLinker()
                    .downcallHandle(
                            Native.function("posix_spawn"),
                            FunctionDescriptor.of(
                                    JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                                    ADDRESS));

    private Spawn() {}

    /** The pid; {@code LISTEN_PID} and {@code LISTEN_FDS} say so to the program itself. */
    public static long with(
            List<Descriptor> descriptors, List<String> command, Map<String, String> environment)
            throws OsException {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c"));
        words.add("export LISTEN_PID=$$ LISTEN_FDS=" + descriptors.size() + "; exec \"$@\"");
        words.add("sh");
        words.addAll(command);
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, 8);
            MemorySegment init = Native.function("posix_spawn_file_actions_init");
            Native.call(arena, init, Native.pointer(actions), 0, 0, 0, 0);
            MemorySegment dup2 = Native.function("posix_spawn_file_actions_adddup2");
            MemorySegment close = Native.function("posix_spawn_file_actions_addclose");
            // First out of the way, then into place: a source may itself be one of the targets.
            for (int i = 0; i < descriptors.size(); i++) {
                int from = descriptors.get(i).number();
                Native.call(arena, dup2, Native.pointer(actions), from, 200 + i, 0, 0);
            }
            for (int i = 0; i < descriptors.size(); i++) {
                Native.call(arena, dup2, Native.pointer(actions), 200 + i, 3 + i, 0, 0);
                Native.call(arena, close, Native.pointer(actions), 200 + i, 0, 0, 0);
            }
            MemorySegment pid = arena.allocate(JAVA_INT);
            int error =
                    (int)
                            POSIX_SPAWN.invokeExact(
                                    pid,
                                    arena.allocateFrom("/bin/sh"),
                                    actions,
                                    MemorySegment.NULL,
                                    strings(arena, words),
                                    strings(arena, variables));
            Native.check("posix_spawn", "", -error);
            return pid.get(JAVA_INT, 0);
        } catch (OsException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }
}
