package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Unix socket of type {@code SOCK_SEQPACKET}: whole datagrams in order, descriptors attached to
 * the datagram that describes them, end of stream when the peer dies.
 *
 * <p>Thread-safety: one sender and one receiver at a time may use it concurrently; {@link #close}
 * needs that neither is inside a call ({@link #shutdown} wakes them). Struct layouts are those of
 * 64-bit Linux ({@code unix(7)}, {@code cmsg(3)}).
 */
public final class PacketSocket implements AutoCloseable {
    /** Descriptors one datagram can carry; the kernel's limit is 253. */
    public static final int DESCRIPTORS_MAX = 250;

    private static final MemorySegment ACCEPT4 = Native.function("accept4");
    private static final MemorySegment BIND = Native.function("bind");
    private static final MemorySegment CONNECT = Native.function("connect");
    private static final MemorySegment GETSOCKOPT = Native.function("getsockopt");
    private static final MemorySegment LISTEN = Native.function("listen");
    private static final MemorySegment RECVMSG = Native.function("recvmsg");
    private static final MemorySegment SENDMSG = Native.function("sendmsg");
    private static final MemorySegment SETSOCKOPT = Native.function("setsockopt");
    private static final MemorySegment SHUTDOWN = Native.function("shutdown");
    private static final MemorySegment SOCKET = Native.function("socket");
    private static final MemorySegment SOCKETPAIR = Native.function("socketpair");

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SHUT_RDWR = 2;
    private static final int O_RDONLY = 0;
    private static final int SUN_PATH_BYTES = 108;
    private static final int SEND_TIMEOUT_MS = 1_000;
    private static final int MESSAGE_HEADER_BYTES = 56;
    private static final int CONTROL_HEADER_BYTES = 16;

    private final Descriptor descriptor;

    /** Takes ownership of one end of a connection, for example one that came over another. */
    public PacketSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Both ends of a new connection; calls on it wait. */
    public record Pair(PacketSocket first, PacketSocket second) {}

    /** A connection that has no path, to be given to two processes. */
    public static Pair pair() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(8, 4);
            long type = SOCK_SEQPACKET | SOCK_CLOEXEC;
            long out = Native.pointer(numbers);
            Native.check(
                    "socketpair", "", Native.call(arena, SOCKETPAIR, AF_UNIX, type, 0, out, 0));
            return new Pair(
                    new PacketSocket(new Descriptor(numbers.get(JAVA_INT, 0))),
                    new PacketSocket(new Descriptor(numbers.get(JAVA_INT, 4))));
        }
    }

    /** Who is on the other side, as the kernel saw it when the connection was made. */
    public record Peer(int pid, int uid, int gid) {}

    /** A datagram with its descriptors; both belong to the receiver. */
    public static final class Packet {
        private final byte[] bytes;
        private final List<Descriptor> descriptors;

        private Packet(byte[] bytes, List<Descriptor> descriptors) {
            this.bytes = bytes;
            this.descriptors = List.copyOf(descriptors);
        }

        /** The content. */
        public byte[] bytes() {
            return bytes;
        }

        /** What came with it, in the sender's order. */
        public List<Descriptor> descriptors() {
            return descriptors;
        }
    }

    /**
     * Listens at a path, replacing what an earlier owner left there; connections do not block.
     *
     * <p>The socket is bound under a temporary name and renamed, so the path never disappears. The
     * directory is reached through its descriptor, so the path may be longer than the 107 bytes of
     * a socket address.
     */
    public static PacketSocket listen(Path path, int backlog) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        PacketSocket socket = open(SOCK_NONBLOCK);
        try {
            withAddress(temporary, (arena, address, bytes) -> socket.bind(arena, address, bytes));
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            try (Arena arena = Arena.ofConfined()) {
                Native.check(
                        "listen",
                        path.toString(),
                        Native.call(arena, LISTEN, socket.number(), backlog, 0, 0, 0));
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Connects to a listening path; the connection blocks, but connecting and sending fail with
     * {@link Errno#EAGAIN} when the peer does not take it for a second.
     */
    public static PacketSocket connect(Path path) throws IOException {
        PacketSocket socket = open(0);
        try {
            socket.limitSend(SEND_TIMEOUT_MS);
            withAddress(path, (arena, address, bytes) -> socket.connect(arena, address, bytes));
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The next waiting connection, empty when there is none; the connection does not block. */
    public Optional<PacketSocket> accept() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Native.persist(arena, ACCEPT4, number(), 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            if (result == -Errno.EAGAIN.number()) {
                return Optional.empty();
            }
            return Optional.of(
                    new PacketSocket(new Descriptor(Native.check("accept4", "", result))));
        }
    }

    /** The process on the other side. */
    public Peer peer() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(12, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 12);
            Native.check(
                    "getsockopt",
                    "SO_PEERCRED",
                    Native.call(
                            arena,
                            GETSOCKOPT,
                            number(),
                            SOL_SOCKET,
                            SO_PEERCRED,
                            Native.pointer(credentials),
                            Native.pointer(length)));
            return new Peer(
                    credentials.get(JAVA_INT, 0),
                    credentials.get(JAVA_INT, 4),
                    credentials.get(JAVA_INT, 8));
        }
    }

    /** Makes a send fail with {@link Errno#EAGAIN} when the peer does not take it for so long. */
    public void limitSend(int timeoutMs) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            time.set(JAVA_LONG, 0, timeoutMs / 1000);
            time.set(JAVA_LONG, 8, timeoutMs % 1000 * 1000L);
            Native.check(
                    "setsockopt",
                    "SO_SNDTIMEO",
                    Native.call(
                            arena,
                            SETSOCKOPT,
                            number(),
                            SOL_SOCKET,
                            SO_SNDTIMEO,
                            Native.pointer(time),
                            16));
        }
    }

    /**
     * Sends one datagram with copies of the descriptors; when it returns the kernel holds them, and
     * the caller may close its own.
     */
    public void send(byte[] bytes, Descriptor... descriptors) throws OsException {
        send(bytes, numbers(descriptors));
    }

    /** As above with descriptors whose owner is not a {@link Descriptor}. */
    public void send(byte[] bytes, int[] descriptors) throws OsException {
        if (descriptors.length > DESCRIPTORS_MAX) {
            throw new IllegalArgumentException(
                    "descriptors: "
                            + descriptors.length
                            + " (expected: <= "
                            + DESCRIPTORS_MAX
                            + ")");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, body, JAVA_BYTE, 0, bytes.length);
            MemorySegment message = header(arena, body, bytes.length);
            if (descriptors.length > 0) {
                attach(arena, message, descriptors);
            }
            Native.check(
                    "sendmsg",
                    "",
                    Native.persist(
                            arena, SENDMSG, number(), Native.pointer(message), MSG_NOSIGNAL, 0, 0));
        }
    }

    /**
     * Receives one datagram, empty at the end of the stream.
     *
     * <p>A datagram longer than {@code bytesMax}, or one whose descriptors did not all arrive, is
     * an error: what was cut off is gone.
     */
    public Optional<Packet> receive(int bytesMax) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(bytesMax);
            MemorySegment message = header(arena, body, bytesMax);
            long controlBytes = aligned(CONTROL_HEADER_BYTES + 4L * DESCRIPTORS_MAX);
            MemorySegment control = arena.allocate(controlBytes, 8);
            message.set(ADDRESS, 32, control);
            message.set(JAVA_LONG, 40, controlBytes);
            int result =
                    Native.persist(
                            arena,
                            RECVMSG,
                            number(),
                            Native.pointer(message),
                            MSG_CMSG_CLOEXEC,
                            0,
                            0);
            if (result == 0 || result == -Errno.ECONNRESET.number()) {
                return Optional.empty();
            }
            Native.check("recvmsg", "", result);
            List<Descriptor> descriptors = received(control, message.get(JAVA_LONG, 40));
            if ((message.get(JAVA_INT, 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
                descriptors.forEach(Descriptor::close);
                throw new OsException("recvmsg", Errno.EMSGSIZE.number());
            }
            byte[] bytes = new byte[result];
            MemorySegment.copy(body, JAVA_BYTE, 0, bytes, 0, result);
            return Optional.of(new Packet(bytes, descriptors));
        }
    }

    /** Ends the stream in both directions and wakes whoever waits in a call on this socket. */
    public void shutdown() {
        try (Arena arena = Arena.ofConfined()) {
            // ENOTCONN only says that the peer was faster.
            var _ = Native.call(arena, SHUTDOWN, number(), SHUT_RDWR, 0, 0, 0);
        }
    }

    /** The descriptor, for {@link PollSet}. */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private int number() {
        return descriptor.number();
    }

    private static PacketSocket open(int flags) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Native.call(
                            arena, SOCKET, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0, 0, 0);
            return new PacketSocket(new Descriptor(Native.check("socket", "AF_UNIX", result)));
        }
    }

    private void bind(Arena arena, MemorySegment address, int bytes) throws OsException {
        Native.check(
                "bind",
                "AF_UNIX",
                Native.call(arena, BIND, number(), Native.pointer(address), bytes, 0, 0));
    }

    private void connect(Arena arena, MemorySegment address, int bytes) throws OsException {
        Native.check(
                "connect",
                "AF_UNIX",
                Native.persist(arena, CONNECT, number(), Native.pointer(address), bytes, 0, 0));
    }

    private interface AddressUse {
        void with(Arena arena, MemorySegment address, int bytes) throws OsException;
    }

    private static void withAddress(Path path, AddressUse use) throws OsException {
        Path folder = path.toAbsolutePath().getParent();
        String name = String.valueOf(path.getFileName());
        try (Descriptor directory = Descriptor.open(String.valueOf(folder), O_RDONLY, 0);
                Arena arena = Arena.ofConfined()) {
            byte[] bytes =
                    ("/proc/self/fd/" + directory.number() + "/" + name)
                            .getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= SUN_PATH_BYTES) {
                throw new IllegalArgumentException("socket name: " + name + " (expected: shorter)");
            }
            MemorySegment address = arena.allocate(2 + SUN_PATH_BYTES, 2);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, address, JAVA_BYTE, 2, bytes.length);
            use.with(arena, address, 2 + bytes.length + 1);
        }
    }

    static MemorySegment header(Arena arena, MemorySegment body, int bytes) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, body);
        vector.set(JAVA_LONG, 8, bytes);
        MemorySegment message = arena.allocate(MESSAGE_HEADER_BYTES, 8);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        return message;
    }

    static void attach(Arena arena, MemorySegment message, int[] descriptors) {
        long length = CONTROL_HEADER_BYTES + 4L * descriptors.length;
        MemorySegment control = arena.allocate(aligned(length), 8);
        control.set(JAVA_LONG, 0, length);
        control.set(JAVA_INT, 8, SOL_SOCKET);
        control.set(JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            control.set(JAVA_INT, CONTROL_HEADER_BYTES + 4L * i, descriptors[i]);
        }
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, aligned(length));
    }

    static int[] numbers(Descriptor... descriptors) {
        int[] numbers = new int[descriptors.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = descriptors[i].number();
        }
        return numbers;
    }

    private static List<Descriptor> received(MemorySegment control, long controlBytes) {
        List<Descriptor> descriptors = new ArrayList<>();
        if (controlBytes >= CONTROL_HEADER_BYTES
                && control.get(JAVA_INT, 8) == SOL_SOCKET
                && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
            long count = (control.get(JAVA_LONG, 0) - CONTROL_HEADER_BYTES) / 4;
            for (int i = 0; i < count; i++) {
                descriptors.add(
                        new Descriptor(control.get(JAVA_INT, CONTROL_HEADER_BYTES + 4L * i)));
            }
        }
        return descriptors;
    }

    private static long aligned(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
