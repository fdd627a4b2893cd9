package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A listening TCP socket that does not block and is not inherited by programs this process starts.
 *
 * <p>Thread-safety: the calls may be used from any thread; the kernel serialises them.
 */
public final class TcpListener implements AutoCloseable {
    private static final MemorySegment ACCEPT4 = Native.function("accept4");
    private static final MemorySegment BIND = Native.function("bind");
    private static final MemorySegment GETSOCKOPT = Native.function("getsockopt");
    private static final MemorySegment GETSOCKNAME = Native.function("getsockname");
    private static final MemorySegment INET_PTON = Native.function("inet_pton");
    private static final MemorySegment LISTEN = Native.function("listen");
    private static final MemorySegment SETSOCKOPT = Native.function("setsockopt");
    private static final MemorySegment SOCKET = Native.function("socket");

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_ACCEPTCONN = 30;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;

    private final Descriptor descriptor;

    /** Takes ownership of a listening socket, for example one received from the keeper. */
    public TcpListener(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens, binds and listens.
     *
     * @param address an IPv4 or IPv6 literal; a v6 one takes v6 connections only
     * @param port 0–65535, 0 lets the kernel choose
     * @param backlog connections the kernel keeps waiting; it caps this at {@code
     *     net.core.somaxconn}
     * @throws IllegalArgumentException for an address that is not a literal or a port out of range
     */
    public static TcpListener open(String address, int port, int backlog) throws OsException {
        return open(address, port, backlog, false);
    }

    /**
     * The same beside listeners of this process on other addresses of the port: for as long as the
     * call takes they share it ({@code SO_REUSEPORT}; the kernel prefers the narrower address).
     */
    public static TcpListener openBeside(
            List<TcpListener> others, String address, int port, int backlog) throws OsException {
        for (TcpListener other : others) {
            other.share(1);
        }
        try {
            TcpListener opened = open(address, port, backlog, true);
            opened.share(0);
            return opened;
        } finally {
            for (TcpListener other : others) {
                other.share(0);
            }
        }
    }

    private void share(int value) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            set(arena, descriptor.number(), SOL_SOCKET, SO_REUSEPORT, value);
        }
    }

    private static TcpListener open(String address, int port, int backlog, boolean isShared)
            throws OsException {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        int family = address.indexOf(':') >= 0 ? AF_INET6 : AF_INET;
        int length = family == AF_INET6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES;
        String subject = (family == AF_INET6 ? "[" + address + "]" : address) + ":" + port;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment socketAddress = socketAddress(arena, family, address, port);
            int result =
                    Native.call(
                            arena, SOCKET, family, SOCK_STREAM | SOCK_CLOEXEC_NONBLOCK, 0, 0, 0);
            Descriptor descriptor = new Descriptor(Native.check("socket", subject, result));
            try {
                int number = descriptor.number();
                enable(arena, number, SOL_SOCKET, SO_REUSEADDR);
                if (isShared) {
                    enable(arena, number, SOL_SOCKET, SO_REUSEPORT);
                }
                if (family == AF_INET6) {
                    enable(arena, number, IPPROTO_IPV6, IPV6_V6ONLY);
                }
                long pointer = Native.pointer(socketAddress);
                Native.check(
                        "bind", subject, Native.call(arena, BIND, number, pointer, length, 0, 0));
                Native.check(
                        "listen", subject, Native.call(arena, LISTEN, number, backlog, 0, 0, 0));
                return new TcpListener(descriptor);
            } catch (OsException e) {
                descriptor.close();
                throw e;
            }
        }
    }

    /**
     * Takes a descriptor that was inherited from who started us, if it is a listening TCP socket;
     * it no longer blocks and is not inherited further.
     */
    public static Optional<TcpListener> inherited(Descriptor descriptor) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
            int result =
                    Native.call(
                            arena,
                            GETSOCKOPT,
                            descriptor.number(),
                            SOL_SOCKET,
                            SO_ACCEPTCONN,
                            Native.pointer(value),
                            Native.pointer(length));
            if (result < 0 || value.get(JAVA_INT, 0) == 0) {
                return Optional.empty();
            }
            TcpListener listener = new TcpListener(descriptor);
            int family = listener.name(arena).get(JAVA_SHORT, 0);
            if (family != AF_INET && family != AF_INET6) {
                return Optional.empty();
            }
            descriptor.setNonBlocking();
            descriptor.setCloseOnExec();
            return Optional.of(listener);
        }
    }

    /** The port it is bound to. */
    public int port() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = name(arena);
            return (name.get(JAVA_BYTE, 2) & 0xff) << 8 | (name.get(JAVA_BYTE, 3) & 0xff);
        }
    }

    /** Whether it is bound to exactly this IPv4 or IPv6 literal; false for anything else. */
    public boolean isAt(String address) throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int family = address.indexOf(':') >= 0 ? AF_INET6 : AF_INET;
            MemorySegment name = name(arena);
            MemorySegment wanted = socketAddress(arena, family, address, 0);
            int offset = family == AF_INET6 ? 8 : 4;
            int bytes = family == AF_INET6 ? 16 : 4;
            return name.get(JAVA_SHORT, 0) == family
                    && name.asSlice(offset, bytes).mismatch(wanted.asSlice(offset, bytes)) == -1;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private MemorySegment name(Arena arena) throws OsException {
        MemorySegment address = arena.allocate(SOCKADDR_IN6_BYTES, 4);
        MemorySegment length = arena.allocateFrom(JAVA_INT, SOCKADDR_IN6_BYTES);
        Native.check(
                "getsockname",
                "",
                Native.call(
                        arena,
                        GETSOCKNAME,
                        descriptor.number(),
                        Native.pointer(address),
                        Native.pointer(length),
                        0,
                        0));
        return address;
    }

    /** The next waiting connection, empty when there is none or it has gone away again. */
    public Optional<TcpStream> accept() throws OsException {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Native.persist(
                            arena, ACCEPT4, descriptor.number(), 0, 0, SOCK_CLOEXEC_NONBLOCK, 0);
            if (result == -Errno.EAGAIN.number() || result == -103 /* ECONNABORTED */) {
                return Optional.empty();
            }
            return Optional.of(new TcpStream(new Descriptor(Native.check("accept4", "", result))));
        }
    }

    /** The descriptor, for {@link PollSet}, for sending it, or to {@link Descriptor#release} it. */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private static MemorySegment socketAddress(Arena arena, int family, String address, int port) {
        MemorySegment segment = arena.allocate(SOCKADDR_IN6_BYTES, 4);
        segment.set(JAVA_SHORT, 0, (short) family);
        segment.set(JAVA_BYTE, 2, (byte) (port >> 8));
        segment.set(JAVA_BYTE, 3, (byte) port);
        long target = Native.pointer(segment) + (family == AF_INET6 ? 8 : 4);
        long text = Native.pointer(arena.allocateFrom(address));
        if (Native.call(arena, INET_PTON, family, text, target, 0, 0) != 1) {
            throw new IllegalArgumentException(
                    "address: '" + address + "' (expected: an IPv4 or IPv6 address)");
        }
        return segment;
    }

    private static void enable(Arena arena, int number, int level, int option) throws OsException {
        set(arena, number, level, option, 1);
    }

    private static void set(Arena arena, int number, int level, int option, int value)
            throws OsException {
        long pointer = Native.pointer(arena.allocateFrom(JAVA_INT, value));
        Native.check(
                "setsockopt",
                "option " + option,
                Native.call(arena, SETSOCKOPT, number, level, option, pointer, 4));
    }
}
