package dev.evergate.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How bytes get in and out: Linux epoll, one small pool of buffers for all loops. */
final class Transport {
    private static final int PAGE_BYTES = 8192;

    /** Memory is taken from the system in pieces of {@code PAGE_BYTES << CHUNK_ORDER}: 1 MiB. */
    private static final int CHUNK_ORDER = 7;

    private static final int ARENAS = 2;
    private static final int SMALL_CACHE = 64;
    private static final int NORMAL_CACHE = 8;

    private Transport() {}

    static EventLoopGroup loops(String name, int count) {
        return new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
    }

    static ByteBufAllocator buffers() {
        return new PooledByteBufAllocator(
                true, 0, ARENAS, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE, NORMAL_CACHE, false);
    }
}
