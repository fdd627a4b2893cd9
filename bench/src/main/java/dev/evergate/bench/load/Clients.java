package dev.evergate.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Opens connections, from several loopback addresses so that ports never run short. One thread. */
public final class Clients implements AutoCloseable {
    private static final int SOURCES = 8;
    private static final int OPENING_MAX = 64;
    private static final long OPEN_MS_MAX = 120_000;

    private final EventLoopGroup loops;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    public Clients(int threads) {
        loops = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
    }

    /**
     * Opens connections and returns when all are open.
     *
     * @param token for the protocol's hello; a bare server needs none
     */
    public List<Connection> open(int port, Optional<String> token, int count) throws Exception {
        Semaphore slots = new Semaphore(OPENING_MAX);
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!slots.tryAcquire(OPEN_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new IOException("only " + i + " of " + count + " connections came up");
            }
            var connection = new Connection(port, token);
            connection.ready().whenComplete((_, _) -> slots.release());
            ChannelFuture opening = connect(connection, port, i);
            opening.addListener(
                    done -> {
                        if (!done.isSuccess()) {
                            connection.ready().completeExceptionally(done.cause());
                        }
                    });
            connections.add(connection);
        }
        for (Connection connection : connections) {
            Connection _ = connection.ready().get(OPEN_MS_MAX, TimeUnit.MILLISECONDS);
        }
        return connections;
    }

    private ChannelFuture connect(Connection connection, int port, int number) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(connection);
        String source = "127.0.0." + (2 + number % SOURCES);
        ChannelFuture opening =
                bootstrap.connect(
                        new InetSocketAddress("127.0.0.1", port), new InetSocketAddress(source, 0));
        Channel channel = opening.channel();
        channels.add(channel);
        return opening;
    }

    /** Closes every connection, and waits until they are. */
    public void closeAll() {
        channels.close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        closeAll();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
