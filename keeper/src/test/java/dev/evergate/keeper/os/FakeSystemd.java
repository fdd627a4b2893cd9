package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What systemd is to a service: a datagram socket that hears, and a store of descriptors.
 *
 * <p>Thread-safety: for one thread.
 */
public final class FakeSystemd implements AutoCloseable {
    private static final int SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;

    private final String address;
    private final PacketSocket socket;
    private final List<String> heard = new ArrayList<>();
    private final Map<String, Descriptor> store = new LinkedHashMap<>();

    /** Listens at a path, or at an abstract name that begins with {@code @}. */
    public FakeSystemd(String address) throws OsException {
        this.address = address;
        byte[] name = address.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            int number =
                    Native.call(
                            arena,
                            Native.function("socket"),
                            1,
                            SOCK_DGRAM_CLOEXEC_NONBLOCK,
                            0,
                            0,
                            0);
            socket = new PacketSocket(new Descriptor(number));
            MemorySegment place = arena.allocate(110, 2);
            place.set(JAVA_SHORT, 0, (short) 1);
            MemorySegment.copy(name, 0, place, JAVA_BYTE, 2, name.length);
            MemorySegment bind = Native.function("bind");
            int bytes = 2 + name.length;
            Native.check(
                    "bind",
                    address,
                    Native.call(arena, bind, number, Native.pointer(place), bytes, 0, 0));
        }
    }

    /** What to put into {@code NOTIFY_SOCKET}. */
    public String address() {
        return address;
    }

    /** Every datagram so far, those that carried descriptors too. */
    public List<String> heard() throws IOException {
        try {
            while (true) {
                PacketSocket.Packet packet = socket.receive(8_192).orElseThrow();
                String text = new String(packet.bytes(), StandardCharsets.UTF_8);
                heard.add(text);
                keep(text, packet.descriptors());
            }
        } catch (OsException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            return List.copyOf(heard);
        }
    }

    /** The descriptors it keeps, by name. */
    public Map<String, Descriptor> store() throws IOException {
        heard();
        return Map.copyOf(store);
    }

    private void keep(String text, List<Descriptor> descriptors) {
        int at = text.indexOf("FDNAME=");
        String name = at < 0 ? "" : text.substring(at + 7).lines().findFirst().orElse("");
        if (text.contains("FDSTOREREMOVE=1")) {
            close(store.remove(name));
        } else if (text.contains("FDSTORE=1")) {
            descriptors.forEach(descriptor -> close(store.put(name, descriptor)));
        } else {
            descriptors.forEach(Descriptor::close);
        }
    }

    private static void close(@org.jspecify.annotations.Nullable Descriptor descriptor) {
        if (descriptor != null) {
            descriptor.close();
        }
    }

    @Override
    public void close() {
        socket.close();
        store.values().forEach(Descriptor::close);
    }
}
