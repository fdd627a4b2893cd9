package dev.evergate.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** The listening sockets, by name. Thread-safe. */
final class Listeners {
    private static final int BACKLOG = 4096;
    private static final long OPEN_MS_MAX = 5000;
    private static final long PAUSE_MS_MAX = 2000;
    private static final long LOOK_MS = 1;
    private static final int LOOKS_MAX = 1_000;

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
        LastCall.end(registered.channel());
        open.put(name, registered.channel());
    }

    /** Binds a socket of our own; does not accept. */
    InetSocketAddress bind(String name, InetSocketAddress address) {
        List<Channel> others = beside(address);
        others.forEach(other -> share(other, true));
        try {
            return bind(name, address, !others.isEmpty());
        } finally {
            others.forEach(other -> share(other, false));
        }
    }

    /** Ours on other addresses of the port: for as long as a bind takes they share it. */
    private List<Channel> beside(InetSocketAddress address) {
        List<Channel> others = new ArrayList<>();
        for (Channel listener : open.values()) {
            if (listener.localAddress() instanceof InetSocketAddress at
                    && at.getPort() == address.getPort()) {
                if (at.getAddress().equals(address.getAddress())) {
                    return List.of(); // there is nothing to share
                }
                others.add(listener);
            }
        }
        return others;
    }

    private static void share(Channel listener, boolean isShared) {
        var _ = listener.config().setOption(Transport.SHARED_PORT, isShared);
    }

    private InetSocketAddress bind(String name, InetSocketAddress address, boolean isShared) {
        ServerBootstrap begun =
                bootstrap
                        .get()
                        .channel(Transport.listener())
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true);
        if (isShared) {
            begun = begun.option(Transport.SHARED_PORT, true);
        }
        ChannelFuture bound = begun.bind(address);
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
        if (isShared) {
            share(bound.channel(), false);
        }
        open.put(name, bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Accepts on every listener. Does not wait. */
    void accept() {
        open.values().forEach(Listeners::accept);
    }

    /** Accepts on that one. Does not wait. */
    void accept(String name) {
        Channel listener = open.get(name);
        if (listener != null) {
            accept(listener);
        }
    }

    private static void accept(Channel listener) {
        // The acceptor joins the pipeline in a later task of the loop; before it nobody would
        // take a connection that was accepted.
        EventLoop loop = listener.eventLoop();
        loop.execute(() -> loop.execute(() -> listener.config().setAutoRead(true)));
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
            if (!paused.await(PAUSE_MS_MAX, MILLISECONDS)) {
                throw new IllegalStateException("the loop of a listener does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Closes a listener for good; whoever had come to it by now is taken in before, if it accepts.
     * Nobody else may have the same socket.
     */
    void retire(String name) {
        Channel listener = open.remove(name);
        if (listener == null) {
            return;
        }
        var _ = listener.config().setOption(ChannelOption.MAX_MESSAGES_PER_READ, BACKLOG);
        LastCall.begin(listener);
        try {
            closeWhenEmpty(listener, LOOKS_MAX);
            var _ = listener.closeFuture().awaitUninterruptibly(OPEN_MS_MAX);
        } catch (RejectedExecutionException ended) {
            var _ = listener.close().awaitUninterruptibly(OPEN_MS_MAX);
        }
    }

    /** Meanwhile the loop takes in who has come. */
    private static void closeWhenEmpty(Channel listener, int looks) {
        Runnable look =
                () -> {
                    if (looks == 0 || LastCall.waiting(listener) == 0) {
                        var _ = listener.close();
                    } else {
                        closeWhenEmpty(listener, looks - 1);
                    }
                };
        var _ = listener.eventLoop().schedule(look, LOOK_MS, MILLISECONDS);
    }

    /** Closes all; others may go on with the same sockets. */
    void closeAll() {
        for (Channel listener : open.values()) {
            var _ = listener.close().awaitUninterruptibly(OPEN_MS_MAX);
        }
        open.clear();
    }
}
