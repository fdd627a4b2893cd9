package dev.evergate.server;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The listening sockets, by name. Thread-safe. */
final class Listeners {
    private static final int BACKLOG = 4096;
    private static final long OPEN_MS_MAX = 5000;
    private static final long PAUSE_MS_MAX = 2000;

    private final Supplier<ServerBootstrap> bootstrap;
    private final Map<String, Channel> open = new ConcurrentHashMap<>();

    /**
     * @param bootstrap makes what a new listener begins with
     */
    Listeners(Supplier<ServerBootstrap> bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Registers a descriptor that listens already; does not accept. */
    void prepare(String name, int descriptor) {
        if (!Transport.servesDescriptors()) {
            throw new EvergateException(
                    ErrorCode.INTERNAL,
                    "listener "
                            + name
                            + ": this system cannot hand over sockets (needs Linux"
                            + " epoll); start with --no-keeper");
        }
        ChannelFactory<ServerChannel> existing = () -> new EpollServerSocketChannel(descriptor);
        ChannelFuture registered =
                bootstrap
                        .get()
                        .channelFactory(existing)
                        .option(ChannelOption.AUTO_READ, false)
                        .register();
        if (!registered.awaitUninterruptibly(OPEN_MS_MAX) || !registered.isSuccess()) {
            throw new EvergateException(
                    ErrorCode.INTERNAL,
                    "listener " + name + ": descriptor " + descriptor + " cannot be served",
                    registered.cause());
        }
        open.put(name, registered.channel());
    }

    /** Binds a socket of our own, and accepts. */
    InetSocketAddress open(String name, InetSocketAddress address) {
        ChannelFuture bound =
                bootstrap
                        .get()
                        .channel(Transport.listener())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .bind(address);
        if (!bound.awaitUninterruptibly(OPEN_MS_MAX) || !bound.isSuccess()) {
            throw new EvergateException(
                    ErrorCode.ADDRESS_IN_USE,
                    "cannot listen on "
                            + address.getHostString()
                            + ":"
                            + address.getPort()
                            + " ("
                            + (bound.cause() == null ? "timed out" : bound.cause().getMessage())
                            + "); choose another with --port, or stop the process that holds it",
                    bound.cause());
        }
        open.put(name, bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Accepts on every listener. Does not wait. */
    void accept() {
        for (Channel listener : open.values()) {
            // The acceptor joins the pipeline in a later task of the loop; before it nobody would
            // take a connection that was accepted.
            listener.eventLoop()
                    .execute(
                            () ->
                                    listener.eventLoop()
                                            .execute(() -> listener.config().setAutoRead(true)));
        }
    }

    /**
     * Accepts nothing any more; what comes waits in the kernel.
     *
     * @throws IllegalStateException if the loop does not answer
     */
    void pause() {
        List<Channel> all = List.copyOf(open.values());
        CountDownLatch paused = new CountDownLatch(all.size());
        for (Channel listener : all) {
            try {
                listener.eventLoop()
                        .execute(
                                () -> {
                                    listener.config().setAutoRead(false);
                                    paused.countDown();
                                });
            } catch (RejectedExecutionException ended) {
                paused.countDown();
            }
        }
        try {
            if (!paused.await(PAUSE_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the loop of a listener does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void retire(String name) {
        Channel listener = open.remove(name);
        if (listener != null) {
            listener.close().awaitUninterruptibly(OPEN_MS_MAX);
        }
    }

    void retireAll() {
        List.copyOf(open.keySet()).forEach(this::retire);
    }
}
