package dev.evergate.server.session;

import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.Scrutiny;
import dev.evergate.server.move.Arrivals;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.rpc.HealthBoard;
import dev.evergate.server.rpc.MethodTable;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.WireError;
import dev.evergate.server.ws.CloseCode;
import dev.evergate.server.ws.FrameBudget;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * All WebSocket clients, and what is told to all of them. Thread-safe unless a method says
 * otherwise.
 */
public final class Clients {
    private static final long BUDGET_BYTES = 64L << 20;

    /** What those may make us hold together who have not said who they are. */
    private static final long STRANGERS_BYTES = 8L << 20;

    /** What each of them may in any case: more than a client needs to say who it is. */
    private static final int STRANGER_BYTES = 8192;

    private static final long BEAT_MS = 500;
    private static final long HEALTH_MS = 60_000;
    private static final long LOOK_MS = 5;
    private static final long RETRY_MS = 500;

    /** Different pieces of advice about when to come back. */
    private static final int SPREAD = 16;

    private final Hall hall;
    private final Fanout fanout;
    private final Map<String, ClientSession> answeredAbroad = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicBoolean isStopping = new AtomicBoolean();
    private volatile @Nullable WireError refusal;
    private final AtomicBoolean isHealthStale = new AtomicBoolean(true);
    private final AtomicBoolean isHealthDue = new AtomicBoolean();
    private final AtomicBoolean isRefreshing = new AtomicBoolean();
    private EventFeed.@Nullable Subscription subscription;
    private Timers.@Nullable Timer beat;
    private volatile @Nullable LiveDeparture departure;
    private volatile boolean isServing;
    private long nextTickNanos;
    private long nextHealthNanos;

    public Clients(
            Services services,
            AccessPolicy policy,
            List<EventLoop> loops,
            Consumer<Throwable> faults) {
        Time time = services.world().time();
        this.hall =
                new Hall(
                        services,
                        MethodTable.of(services),
                        policy,
                        new EventFrames(services.gateway(), services.json()),
                        new FrameBudget(BUDGET_BYTES),
                        new FrameBudget(STRANGERS_BYTES, STRANGER_BYTES),
                        () -> Optional.ofNullable(refusal),
                        this::isDeparting,
                        faults);
        this.fanout = new Fanout(loops, time);
        this.nextTickNanos = time.nanos() + Limits.TICK_MS * 1_000_000;
        this.nextHealthNanos = time.nanos() + HEALTH_MS * 1_000_000;
    }

    /** Begins to watch over clients and to listen to the gateway. */
    public synchronized void start() {
        fanout.shards().forEach(Shard::start);
        subscription = hall.services().gateway().events().subscribe(this::observe);
        beat = hall.services().world().timers().every(BEAT_MS, this::beat);
    }

    /** The loop the next connection belongs to. */
    public Shard next() {
        List<Shard> shards = fanout.shards();
        return shards.get(Math.floorMod(turn.getAndIncrement(), shards.size()));
    }

    /**
     * Takes over a connection whose upgrade has been answered. Called on the shard's loop.
     *
     * @param onSettled is run when the client has authenticated or is gone
     */
    public void adopt(Shard shard, Channel channel, Peer peer, Runnable onSettled) {
        ClientSession session = new ClientSession(hall, shard, channel, peer, onSettled);
        channel.pipeline().addLast(session.decoder());
        session.begin();
        if (isStopping.get()) {
            session.close(CloseCode.RESTART, "service restart");
        }
    }

    /** Clients right now, authenticated or not, without those on their way elsewhere. */
    public int size() {
        return fanout.size();
    }

    /** From now on presence is announced: before, not everybody is here. */
    public void serve() {
        isServing = true;
        hall.services().boards().suspension().keep();
        hall.services().boards().nodes().whole();
    }

    /**
     * Begins to move connections elsewhere.
     *
     * @param stopAccepting stops the listeners
     * @param accept lets them go on
     * @throws IllegalStateException if another departure has not ended
     */
    public synchronized Departure depart(Runnable stopAccepting, Runnable accept) {
        LiveDeparture begun =
                new LiveDeparture(
                        hall,
                        fanout,
                        new LiveDeparture.Door(stopAccepting, accept),
                        this::stateVersions,
                        this::departed);
        if (departure != null || !fanout.begin(begun.stream())) {
            throw new IllegalStateException("connections are on their way elsewhere already");
        }
        departure = begun;
        hall.services().boards().suspension().handOver();
        return begun;
    }

    private void departed() {
        departure = null;
        for (ClientSession session : answeredAbroad.values()) {
            var _ =
                    session.shard()
                            .run(
                                    () -> {
                                        if (session.isGone()) {
                                            answeredAbroad.remove(session.id(), session);
                                        }
                                    });
        }
    }

    /**
     * Checks connections that have come from elsewhere.
     *
     * @param sockets makes a channel of a descriptor
     */
    public Arrivals arrivals(List<Moving> connections, IntFunction<Channel> sockets) {
        LiveArrivals arrivals = new LiveArrivals(this::welcome);
        for (Moving moving : connections) {
            arrivals.add(
                    moving,
                    next(),
                    sockets,
                    (shard, channel, id) -> new ClientSession(hall, shard, channel, id));
        }
        return arrivals;
    }

    /** Before they begin. */
    private void welcome(LiveArrivals arrivals) {
        for (LiveArrivals.Arrival arrival : arrivals.all()) {
            continueFrom(arrival.from().versions());
            boolean isOwed =
                    arrival.from().standing() instanceof FrozenSession.Open open
                            && !open.owed().isEmpty();
            if (isOwed) {
                answeredAbroad.put(arrival.session().id(), arrival.session());
            }
        }
    }

    /** Sends an answer of the server a connection came from. */
    public void response(String connection, byte[] text, boolean isLast) {
        ClientSession session = answeredAbroad.get(connection);
        if (session != null) {
            var _ =
                    session.shard()
                            .run(
                                    () -> {
                                        session.requests().ifPresent(r -> r.relayed(text, isLast));
                                        forgetAnswered(session);
                                    });
        }
    }

    /** Takes on a request that the server a connection came from leaves to us. */
    public void request(String connection, byte[] frame) {
        ClientSession session = answeredAbroad.get(connection);
        if (session != null) {
            var _ =
                    session.shard()
                            .run(
                                    () -> {
                                        session.requests().ifPresent(r -> r.takeOn(frame));
                                        forgetAnswered(session);
                                    });
        }
    }

    /** Asks clients to try again what the server they came from has left unanswered. */
    public void failAbroad() {
        WireError error = restarting();
        for (ClientSession session : answeredAbroad.values()) {
            var _ =
                    session.shard()
                            .run(
                                    () -> {
                                        session.requests().ifPresent(r -> r.failAbroad(error));
                                        forgetAnswered(session);
                                    });
        }
    }

    private static WireError restarting() {
        return WireError.tryAgain(
                "the gateway restarts and has not done this; try again, with the same key if there"
                        + " is one",
                "gateway-restarting");
    }

    private void forgetAnswered(ClientSession session) {
        if (session.requests().filter(Requests::isAnsweredAbroad).isEmpty()) {
            answeredAbroad.remove(session.id(), session);
        }
    }

    /** How far the numbers in {@code stateVersion} have come. */
    public StateVersions stateVersions() {
        PresenceBoard presence = hall.services().boards().presence();
        return new StateVersions(
                presence.version(),
                hall.services().boards().health().current().version(),
                presence.isTold());
    }

    /** Goes on from other numbers; those that are higher here stay. */
    public void continueFrom(StateVersions versions) {
        PresenceBoard presence = hall.services().boards().presence();
        presence.continueFrom(versions.presence(), versions.isPresenceTold());
        hall.services().boards().health().continueFrom(versions.health());
    }

    private void observe(GatewayEvent event) {
        if (event instanceof GatewayEvent.SessionChanged) {
            isHealthStale.set(true);
        }
        if (event instanceof GatewayEvent.ConfigChanged) {
            isHealthDue.set(true);
        }
        if (size() > 0 || departure != null) {
            fanout.deliver(event, hall.frames().of(event));
        }
    }

    /** Tick, presence and health; on the timer thread, which must not wait. */
    private void beat() {
        Services services = hall.services();
        long nowNanos = services.world().time().nanos();
        PresenceBoard presence = services.boards().presence();
        HealthBoard health = services.boards().health();
        if (isServing && !presence.isTold()) {
            long version = presence.version();
            Broadcast shown = hall.frames().presence(presence, health.current().version());
            // While connections are on their way, nobody has all of them: told afterwards.
            fanout.deliverUndivided(List.of(shown), () -> presence.told(version));
        }
        if (nowNanos - nextTickNanos >= 0) {
            nextTickNanos = nowNanos + Limits.TICK_MS * 1_000_000;
            fanout.deliver(List.of(hall.frames().tick(services.world().time().wallMillis())));
        }
        boolean isDue = isHealthDue.get() || nowNanos - nextHealthNanos >= 0;
        if ((isDue || isHealthStale.getAndSet(false)) && isRefreshing.compareAndSet(false, true)) {
            if (isDue) {
                isHealthDue.set(false);
                nextHealthNanos = nowNanos + HEALTH_MS * 1_000_000;
            }
            services.world().tasks().start("health", () -> refreshHealth(isDue));
        }
    }

    private void refreshHealth(boolean isAnnounced) {
        try {
            HealthBoard.Snapshot health = hall.services().boards().health().refresh();
            if (isAnnounced) {
                fanout.deliver(
                        List.of(
                                hall.frames()
                                        .health(
                                                health,
                                                hall.services().boards().presence().version())));
            }
        } finally {
            isRefreshing.set(false);
        }
    }

    /** Ends every connection that the configuration in force would not let in any more. */
    public void reconsider() {
        Scrutiny now = new Scrutiny(hall.config());
        for (Shard shard : fanout.shards()) {
            var _ = shard.run(() -> shard.each(it -> new SecondLook(it, shard, now).begin()));
        }
    }

    /** Tells every client of the end and sends close frames; only the first call counts. */
    public void announceStop(String reason, long restartExpectedMs) {
        if (!isStopping.compareAndSet(false, true)) {
            return;
        }
        refusal = restarting().retryAfter(Math.max(RETRY_MS, restartExpectedMs));
        List<Broadcast> shutdown =
                advice(restartExpectedMs)
                        .mapToObj(ms -> hall.frames().shutdown(reason, ms))
                        .toList();
        for (Shard shard : fanout.shards()) {
            var _ =
                    shard.run(
                            () -> {
                                shard.tellOneOf(shutdown);
                                shard.each(
                                        session ->
                                                session.close(
                                                        CloseCode.RESTART, "service restart"));
                            });
        }
    }

    /** Up to twice the time, differently for each, so that not everybody comes back at once. */
    private static LongStream advice(long restartExpectedMs) {
        return restartExpectedMs == 0
                ? LongStream.of(0)
                : LongStream.range(0, SPREAD)
                        .map(i -> restartExpectedMs + restartExpectedMs * i / SPREAD);
    }

    public boolean isStopping() {
        return isStopping.get();
    }

    /** Whether connections are on their way to another server, which goes on for us. */
    public boolean isDeparting() {
        return departure != null;
    }

    /**
     * Waits until every client has gone, {@code courtesy} at the latest, then resets those that
     * have not. Blocks until {@code cutMs} milliseconds later at most, which is asked for then.
     *
     * @return whether every loop has done so; one that is stuck keeps its connections
     */
    public boolean end(Deadline courtesy, LongSupplier cutMs) throws InterruptedException {
        unsubscribe();
        LiveDeparture unfinished = departure;
        if (unfinished != null) {
            unfinished.close();
        }
        Time time = hall.services().world().time();
        while (size() > 0 && !courtesy.hasPassed(time)) {
            pause(LOOK_MS);
        }
        CountDownLatch cut = new CountDownLatch(fanout.shards().size());
        for (Shard shard : fanout.shards()) {
            Runnable resetAll =
                    () -> {
                        shard.each(ClientSession::reset);
                        cut.countDown();
                    };
            if (!shard.run(resetAll)) {
                cut.countDown();
            }
        }
        return cut.await(cutMs.getAsLong(), TimeUnit.MILLISECONDS);
    }

    private synchronized void unsubscribe() {
        if (subscription != null) {
            subscription.close();
        }
        if (beat != null) {
            beat.cancel();
        }
    }

    private static void pause(long ms) throws InterruptedException {
        var _ = new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
    }
}
