package dev.evergate.server.http;

import dev.evergate.core.time.Time;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.session.Clients;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * Where every connection comes in: one event loop accepts it and reads its first request head.
 * Health routes are answered right here, everything else moves to a worker loop, so that a probe is
 * answered while all workers hang (I16).
 *
 * <p>Lives on the door loop; only {@link #initializer} may be used from elsewhere.
 */
public final class Door {
    private static final long SCAN_MS = 500;
    private static final long HEAD_NANOS = 10_000_000_000L;
    private static final int LINE_BYTES_MAX = 8192;
    private static final int HEAD_BYTES_MAX = 16_384;

    /**
     * Connections that have not proven who they are, at most. One more costs the oldest its place:
     * whoever holds connections open cannot keep others out.
     */
    private static final int STRANGERS_MAX = 4096;

    private final Services services;
    private final Clients clients;
    private final Probes probes;
    private final HttpRoutes routes;
    private final EventLoop loop;
    private final ArrayDeque<Visitor> strangers = new ArrayDeque<>();

    public Door(Services services, Clients clients, HttpRoutes routes, EventLoop loop) {
        this.services = services;
        this.clients = clients;
        this.routes = routes;
        this.loop = loop;
        this.probes =
                new Probes(
                        services.readiness(),
                        clients::isStopping,
                        services.world().time(),
                        services.json());
    }

    public void start() {
        var _ = loop.scheduleAtFixedRate(this::scan, SCAN_MS, SCAN_MS, TimeUnit.MILLISECONDS);
    }

    /** Prepares an accepted connection. */
    public ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Visitor visitor = new Visitor(Door.this, time().nanos() + HEAD_NANOS, channel);
                channel.pipeline()
                        .addLast(
                                new HttpRequestDecoder(
                                        new HttpDecoderConfig()
                                                .setMaxInitialLineLength(LINE_BYTES_MAX)
                                                .setMaxHeaderSize(HEAD_BYTES_MAX)),
                                visitor);
                admit(visitor);
            }
        };
    }

    private void admit(Visitor visitor) {
        strangers.add(visitor);
        if (strangers.size() > STRANGERS_MAX) {
            strangers.removeIf(Visitor::isSettled);
        }
        if (strangers.size() > STRANGERS_MAX) {
            strangers.removeFirst().cut();
        }
    }

    private void scan() {
        long nowNanos = time().nanos();
        for (Iterator<Visitor> all = strangers.iterator(); all.hasNext(); ) {
            Visitor visitor = all.next();
            if (visitor.isSettled() || !visitor.isOpen()) {
                all.remove();
            } else if (visitor.isLate(nowNanos)) {
                all.remove();
                visitor.cut();
            }
        }
    }

    /** Cuts everybody who has got no further than the door. */
    public void cut() {
        strangers.forEach(Visitor::cut);
        strangers.clear();
    }

    Probes probes() {
        return probes;
    }

    HttpRoutes routes() {
        return routes;
    }

    Clients clients() {
        return clients;
    }

    Services services() {
        return services;
    }

    Time time() {
        return services.world().time();
    }
}
