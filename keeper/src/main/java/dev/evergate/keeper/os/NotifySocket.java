package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Sends the datagrams of {@code sd_notify(3)} to a service manager.
 *
 * <p>Thread-safety: safe; every datagram stands alone.
 */
public final class NotifySocket implements AutoCloseable {
    private static final MemorySegment CONNECT = Native.function("connect");
    private static final MemorySegment SENDMSG = Native.function("sendmsg");
    private static final MemorySegment SOCKET = Native.function("socket");
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH_BYTES = 108;

    private final Descriptor descriptor;

    /** Connects to the address in {@code NOTIFY_SOCKET}; a leading {@code @} means abstract. */
    public NotifySocket(String address) throws OsException {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length >= SUN_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "NOTIFY_SOCKET: '" + address + "' (expected: 1 to 107 bytes)");
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = Native.call(arena, SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0, 0, 0);
            descriptor = new Descriptor(Native.check("socket", "AF_UNIX", result));
            MemorySegment socketAddress = arena.allocate(2 + SUN_PATH_BYTES, 2);
            socketAddress.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, socketAddress, JAVA_BYTE, 2, path.length);
            int connected =
                    Native.call(
                            arena,
                            CONNECT,
                            descriptor.number(),
                            Native.pointer(socketAddress),
                            2 + path.length,
                            0,
                            0);
            if (connected < 0) {
                descriptor.close();
                throw new OsException("connect", address, -connected);
            }
        }
    }

    /**
     * Sends assignments such as {@code READY=1}, one a line, with copies of the descriptors; never
     * waits.
     */
    public void send(String assignments, Descriptor... descriptors) throws OsException {
        byte[] bytes = assignments.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, body, JAVA_BYTE, 0, bytes.length);
            MemorySegment message = PacketSocket.header(arena, body, bytes.length);
            if (descriptors.length > 0) {
                PacketSocket.attach(arena, message, PacketSocket.numbers(descriptors));
            }
            Native.check(
                    "sendmsg",
                    "NOTIFY_SOCKET",
                    Native.persist(
                            arena,
                            SENDMSG,
                            descriptor.number(),
                            Native.pointer(message),
                            MSG_NOSIGNAL,
                            0,
                            0));
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
