package dev.evergate.server.http;

import dev.evergate.core.time.Time;
import dev.evergate.server.access.Scrutiny;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.rpc.Suspension;
import dev.evergate.server.session.Clients;
import dev.evergate.server.tls.TlsGate;
import dev.evergate.server.tls.TlsKeys;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Where every connection comes in: one event loop accepts it and reads its first request head.
 * Health routes are answered right here, everything else moves to a worker loop, so that a probe is
 * answered while all workers hang (I16).
 *
 * <p>Lives on the door loop; only {@link #initializer} and {@link #secure} may be used from
 * elsewhere.
 */
public final class Door {
    private static final long SCAN_MS = 500;
    private static final int RETRY_SPREAD_SECONDS = 3;

    /** How many of them may take longer than clients do. */
    private static final int STAYING_MAX = 64;

    /** Plain requests that are worked on at the same time; each may last as long as a turn. */
    private static final int GUESTS_MAX = 256;

    /**
     * How many of them may be of people who need no secret, and may be slow in taking an answer.
     */
    private static final int OPEN_MAX = 128;

    /** One body of the largest kind, and many of the usual size beside it. */
    private static final long BODY_BYTES_MAX = 33_554_432;

    private final Services services;
    private final Clients clients;
    private final Probes probes;
    private final HttpRoutes routes;
    private final EventLoop loop;
    private final Executor slow;
    private volatile Optional<TlsKeys> keys = Optional.empty();
    private final Strangers<Visitor> strangers =
            new Strangers<>(DescriptorShare.ofThisProcess(), STAYING_MAX);
    private final Set<Guest> guests = ConcurrentHashMap.newKeySet();
    private final Queue<Guest> open = new ConcurrentLinkedQueue<>();
    private final BodyBudget bodies = new BodyBudget(BODY_BYTES_MAX);

    /**
     * @param slow runs what a handshake of encryption computes
     */
    public Door(
            Services services, Clients clients, HttpRoutes routes, EventLoop loop, Executor slow) {
        this.slow = slow;
        this.services = services;
        this.clients = clients;
        this.routes = routes;
        this.loop = loop;
        this.probes =
                new Probes(
                        services.readiness(),
                        clients::isStopping,
                        clients::isDeparting,
                        this::isSuspended,
                        services.world().time(),
                        services.json());
    }

    public void start() {
        var _ = loop.scheduleAtFixedRate(this::scan, SCAN_MS, SCAN_MS, TimeUnit.MILLISECONDS);
    }

    /** Encrypts connections that come in from now on, or does not. From any thread. */
    public void secure(Optional<TlsKeys> with) {
        keys = with;
    }

    /** Prepares an accepted connection. */
    public ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Visitor visitor = new Visitor(Door.this, channel);
                keys.ifPresent(
                        with -> {
                            var gate = new TlsGate(with, slow, visitor::isNotEncrypted);
                            channel.pipeline().addLast(gate);
                        });
                channel.pipeline().addLast(new RequestDecoder(), visitor);
                strangers.add(visitor);
            }
        };
    }

    private void scan() {
        strangers.scan(time().nanos());
        guests.stream().filter(Guest::isLate).forEach(Guest::cut);
    }

    /** Connections that ask for something, or are about to, and have not proven anything. */
    public int visitors() {
        return strangers.size();
    }

    /** Admitted requests that have not been answered to the end. From any thread. */
    public int guests() {
        return guests.size();
    }

    /** Ends every admitted request that would not be let in any more. From any thread. */
    public void reconsider() {
        Scrutiny now = new Scrutiny(services.gateway().config().gateway());
        guests.forEach(guest -> guest.reconsider(now));
    }

    /** Tells every admitted request that the gateway ends. From any thread; does not wait. */
    public void dismissGuests() {
        guests.forEach(Guest::farewell);
    }

    /**
     * Cuts everybody who is here for something else than a WebSocket and has not been admitted. On
     * the loop.
     */
    public void cutPlain() {
        long nowNanos = time().nanos();
        strangers.end(visitor -> visitor.isPlain(nowNanos), Visitor::cut);
    }

    /**
     * Cuts by force everybody who has not proven who they are; who comes in this very moment may
     * still ask for our health. On the loop.
     */
    public void cutAll() {
        long nowNanos = time().nanos();
        strangers.end(visitor -> !visitor.isNew(nowNanos), Visitor::reset);
        guests.forEach(Guest::reset);
    }

    /**
     * Lets a request stay until it is answered; false if there are too many. Of those that need no
     * secret, one too many costs the oldest its place: whoever takes its answer slowly keeps nobody
     * out.
     */
    boolean welcome(Guest guest) {
        boolean isIn = guests.size() < GUESTS_MAX && guests.add(guest);
        if (isIn) {
            // The configuration may have changed since it was looked at, and the others looked at.
            guest.reconsider(new Scrutiny(services.gateway().config().gateway()));
        }
        if (isIn && guest.isOpenToAll()) {
            open.add(guest);
            @Nullable Guest oldest = open.size() > OPEN_MAX ? open.poll() : null;
            if (oldest != null) {
                oldest.cut();
            }
        }
        return isIn;
    }

    void leave(Guest guest) {
        guests.remove(guest);
        open.remove(guest);
    }

    private boolean isSuspended() {
        return services.boards().suspension().phase() != Suspension.Phase.ACCEPTING;
    }

    HttpAnswer stopping() {
        return HttpAnswer.tryAgain("The gateway is shutting down.", retryAfterSeconds());
    }

    BodyBudget bodies() {
        return bodies;
    }

    /** When to come back: not everybody at once. */
    int retryAfterSeconds() {
        return 1 + (int) (services.world().entropy().fraction() * RETRY_SPREAD_SECONDS);
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
