package dev.evergate.server;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.RejectedExecutionHandlers;

import java.net.StandardSocketOptions;

/**
 * How bytes get in and out: epoll on Linux; elsewhere the JDK's own way, which cannot serve
 * descriptors of other processes.
 */
final class Transport {
    private static final int PAGE_BYTES = 8192;

    /** Memory is taken from the system in pieces of {@code PAGE_BYTES << CHUNK_ORDER}: 1 MiB. */
    private static final int CHUNK_ORDER = 7;

    /** More than there may be connections that have not said who they are. */
    private static final int HANDSHAKES_MAX = 8192;

    private static final int ARENAS = 2;
    private static final int SMALL_CACHE = 64;
    private static final int NORMAL_CACHE = 8;

    /** Lets listeners on different addresses have the same port, while it is set on all of them. */
    static final ChannelOption<Boolean> SHARED_PORT =
            Epoll.isAvailable()
                    ? UnixChannelOption.SO_REUSEPORT
                    : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);

    private Transport() {}

    static boolean servesDescriptors() {
        return Epoll.isAvailable();
    }

    static EventLoopGroup loops(String name, int count) {
        IoHandlerFactory io =
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), io);
    }

    /** For what a handshake of encryption computes: no loop waits for it. Starts when needed. */
    static EventExecutorGroup handshakes() {
        return new DefaultEventExecutorGroup(
                1,
                new DefaultThreadFactory("tls", true),
                HANDSHAKES_MAX,
                RejectedExecutionHandlers.reject());
    }

    static Class<? extends ServerChannel> listener() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** One small pool of buffers for all loops. */
    static PooledByteBufAllocator buffers() {
        return new PooledByteBufAllocator(
                true, 0, ARENAS, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE, NORMAL_CACHE, false);
    }
}
