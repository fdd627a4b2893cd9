package dev.evergate.keeper.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class NotifySocketTest {
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    /** A service manager's end: a datagram socket bound to a path or an abstract name. */
    private static Descriptor bound(Arena arena, byte[] name) throws OsException {
        int number = Native.call(arena, Native.function("socket"), 1, SOCK_DGRAM_CLOEXEC, 0, 0, 0);
        MemorySegment address = arena.allocate(110, 2);
        address.set(JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        int bytes = 2 + name.length;
        MemorySegment bind = Native.function("bind");
        Native.check("bind", "", Native.call(arena, bind, number, address.address(), bytes, 0, 0));
        return new Descriptor(number);
    }

    private static String received(Arena arena, Descriptor descriptor) {
        MemorySegment buffer = arena.allocate(1_000);
        MemorySegment recv = Native.function("recv");
        int bytes = Native.call(arena, recv, descriptor.number(), buffer.address(), 1_000, 0, 0);
        byte[] text = buffer.asSlice(0, bytes).toArray(JAVA_BYTE);
        return new String(text, StandardCharsets.UTF_8);
    }

    @Test
    void reachesAPathAndAnAbstractName() throws Exception {
        String path = folder.resolve("notify").toString();
        String name = "evergate-test-" + ProcessHandle.current().pid();
        try (Arena arena = Arena.ofConfined();
                Descriptor atPath = bound(arena, path.getBytes(StandardCharsets.UTF_8));
                Descriptor atName = bound(arena, ("\0" + name).getBytes(StandardCharsets.UTF_8));
                NotifySocket toPath = new NotifySocket(path);
                NotifySocket toName = new NotifySocket("@" + name)) {
            toPath.send("READY=1\nSTATUS=serving");
            toName.send("STOPPING=1");

            assertThat(received(arena, atPath)).isEqualTo("READY=1\nSTATUS=serving");
            assertThat(received(arena, atName)).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void saysThatNobodyListens() {
        assertThatThrownBy(() -> new NotifySocket(folder.resolve("nobody").toString()))
                .isInstanceOf(OsException.class)
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> new NotifySocket("")).isInstanceOf(IllegalArgumentException.class);
    }
}
