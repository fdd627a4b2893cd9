package dev.evergate.server;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.World;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.audit.Scribe;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.fetch.Fetcher;
import dev.evergate.server.fetch.Network;
import dev.evergate.server.hooks.HooksRoute;
import dev.evergate.server.http.Door;
import dev.evergate.server.http.HttpRoutes;
import dev.evergate.server.move.Arrivals;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.node.NodeBoard;
import dev.evergate.server.openai.CompletionsRoute;
import dev.evergate.server.openai.EmbeddingsRoute;
import dev.evergate.server.openai.ModelsRoute;
import dev.evergate.server.openai.ResponsesRoute;
import dev.evergate.server.rpc.HealthBoard;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.rpc.ProviderBoard;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.rpc.Suspension;
import dev.evergate.server.rpc.Traffic;
import dev.evergate.server.session.Clients;
import dev.evergate.server.spi.Desks;
import dev.evergate.server.spi.Evidence;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.tls.TlsKeys;
import dev.evergate.server.tools.Toolbox;
import dev.evergate.server.tools.ToolsRoute;
import dev.evergate.server.wire.Json;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.EventExecutorGroup;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * HTTP and WebSocket on one port, for any number of listeners.
 *
 * <p>Thread-safe. Order of life: construct, {@link #start}, {@link #prepare} and {@link #accept},
 * or {@link #open}, each listener, {@link #announceStop} when the end is near, {@link #stop},
 * {@link #close}. Between stop and close the door still answers health probes (strict: 503) and
 * refuses everything else.
 */
public final class ControlServer implements Component, AutoCloseable {
    private static final int WORKERS = 2;
    private static final long COURTESY_MS = 500;
    private static final long CUT_MS = 200;
    private static final long VISITORS_MS_MAX = 2000;
    private static final long LOOK_MS = 5;
    private static final int READ_BYTES_MIN = 64;
    private static final int READ_BYTES_FIRST = 512;
    private static final int READ_BYTES_MAX = 65_536;

    private final Services services;
    private final Listeners listeners = new Listeners(this::bootstrap);
    private final Map<String, LoopGauge> gauges = new LinkedHashMap<>();
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private final EventLoopGroup doorLoops;
    private final EventLoopGroup workerLoops;
    private final EventExecutorGroup handshakes;
    private final PooledByteBufAllocator buffers;
    private final EventLoop doorLoop;
    private final Door door;
    private final Clients clients;
    private Optional<Deadline> courtesy = Optional.empty();

    /**
     * Builds everything; no thread runs and nothing is open before {@link #start}.
     *
     * @param readiness the newest published snapshot; must not wait
     * @param faults is told of bugs; must not throw
     */
    public ControlServer(
            Gateway gateway,
            Supplier<Readiness> readiness,
            Evidence evidence,
            Desks desks,
            Identity identity,
            World world,
            Consumer<Throwable> faults) {
        this(
                gateway,
                readiness,
                evidence,
                desks,
                identity,
                new Surroundings(world, Network.OPEN),
                faults);
    }

    ControlServer(
            Gateway gateway,
            Supplier<Readiness> readiness,
            Evidence evidence,
            Desks desks,
            Identity identity,
            Surroundings around,
            Consumer<Throwable> faults) {
        World world = around.world();
        Time time = world.time();
        Json json = new Json();
        NodeBoard nodes = new NodeBoard(world);
        Services.Boards boards =
                new Services.Boards(
                        new HealthBoard(gateway, time, json),
                        new PresenceBoard(identity, time),
                        new Traffic(),
                        ProviderBoard.of(gateway.events()),
                        Suspension.of(
                                world, gateway.events(), desks.restarts()::work, nodes::awaited),
                        nodes,
                        new Scribe(world, desks.audit(), identity.generation()));
        this.services =
                new Services(gateway, readiness, evidence, desks, identity, world, json, boards);
        AccessPolicy policy =
                new AccessPolicy(
                        time,
                        () -> gateway.config().gateway().auth().rateLimit(),
                        gateway.pairing());
        this.doorLoops = Transport.loops("door", 1);
        this.workerLoops = Transport.loops("worker", WORKERS);
        this.handshakes = Transport.handshakes();
        this.buffers = Transport.buffers();
        List<EventLoop> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            EventLoop worker = workerLoops.next();
            workers.add(worker);
            gauges.put("worker-" + i, new LoopGauge(worker, time));
        }
        this.doorLoop = doorLoops.next();
        gauges.put("door", new LoopGauge(doorLoop, time));
        this.clients = new Clients(services, policy, workers, faults);
        this.door =
                new Door(services, clients, routes(policy, around.network()), doorLoop, handshakes);
    }

    private HttpRoutes routes(AccessPolicy policy, Network network) {
        Gatekeeper keeper = new Gatekeeper(policy, services.boards().scribe());
        Fetcher fetcher = new Fetcher(services.world(), network);
        return new HttpRoutes(
                services,
                keeper,
                List.of(
                        new ModelsRoute(services.json(), keeper),
                        new CompletionsRoute(services, keeper, fetcher),
                        new ResponsesRoute(services, keeper, fetcher),
                        new EmbeddingsRoute(services.json(), keeper),
                        new ToolsRoute(
                                services.json(), keeper, new Toolbox(services.world().ids())),
                        new HooksRoute(services, keeper)));
    }

    @Override
    public String name() {
        return "server";
    }

    /** Starts the loops; opens no listener. */
    @Override
    public void start() {
        clients.start();
        door.start();
        services.boards().scribe().start();
    }

    /**
     * Encrypts every connection that comes in from now on, by whichever listener, or none; those
     * that are there stay as they are. A peer that does not encrypt then is told so with a 400.
     * Does not wait.
     */
    public void secure(Optional<TlsKeys> keys) {
        door.secure(keys);
    }

    /**
     * Takes a listening socket that another process opened, and does not accept before {@link
     * #accept}. The descriptor must be non-blocking and listening; this server owns it from now on.
     *
     * @param name of the listener, unique here
     * @throws EvergateException INTERNAL if the descriptor cannot be used
     */
    public void prepare(String name, int descriptor) {
        listeners.prepare(name, descriptor);
    }

    /**
     * Binds a socket of our own, and does not accept before {@link #accept}; returns its address
     * (port 0 picks one). A listener of this server on another address of the port is no hindrance.
     *
     * @param name of the listener, unique here
     * @throws EvergateException ADDRESS_IN_USE
     */
    public InetSocketAddress bind(String name, InetSocketAddress address) {
        return listeners.bind(name, address);
    }

    /** Accepts connections on that listener. Does not wait. Idempotent. */
    public void accept(String name) {
        clients.serve();
        listeners.accept(name);
    }

    /** Accepts connections on every listener. Does not wait. Idempotent. */
    public void accept() {
        clients.serve();
        listeners.accept();
    }

    /**
     * Binds and serves a socket of our own; returns its address (port 0 picks one).
     *
     * @throws EvergateException ADDRESS_IN_USE
     */
    public InetSocketAddress open(String name, InetSocketAddress address) {
        InetSocketAddress bound = bind(name, address);
        accept(name);
        return bound;
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(doorLoops, doorLoops)
                .childHandler(door.initializer())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, buffers)
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, readSizes());
    }

    /**
     * Closes a listener for good; connections it brought stay, also those that waited to be
     * accepted. No other process may go on with its socket. Waits for the door, 5 s at most.
     */
    public void retire(String name) {
        listeners.retire(name);
    }

    /**
     * Begins to move live connections to another server. From now on every event is collected for
     * it too, until the departure is closed or has taken everything back.
     *
     * @throws IllegalStateException if another departure has not ended
     */
    public Departure depart() {
        return clients.depart(listeners::pause, listeners::accept);
    }

    /**
     * Checks connections that another server has frozen; touches nothing before {@link
     * Arrivals#begin}. If it throws, the descriptors are still the caller's.
     *
     * @throws EvergateException INTERNAL if one of them cannot be gone on with
     */
    public Arrivals arrivals(List<Moving> connections) {
        return clients.arrivals(connections, this::connection);
    }

    /**
     * Sends an answer of the server a connection came from, in the order of the calls. One for a
     * connection that has gone is dropped.
     *
     * @param text payload of a text frame; not to be changed any more
     * @param isLast whether the request is answered with it
     */
    public void response(String connection, byte[] text, boolean isLast) {
        clients.response(connection, text, isLast);
    }

    /**
     * Answers a request in the place of the server that its connection came from.
     *
     * @param frame payload of its text frame; not to be changed any more
     */
    public void request(String connection, byte[] frame) {
        clients.request(connection, frame);
    }

    private Channel connection(int descriptor) {
        EpollSocketChannel channel = new EpollSocketChannel(descriptor);
        channel.config().setAutoRead(false);
        channel.config().setAllocator(buffers);
        channel.config().setRecvByteBufAllocator(readSizes());
        return channel;
    }

    private static RecvByteBufAllocator readSizes() {
        return new AdaptiveRecvByteBufAllocator(READ_BYTES_MIN, READ_BYTES_FIRST, READ_BYTES_MAX);
    }

    /**
     * The server that connections came from answers nothing any more: what it owed them is answered
     * as failed, with the advice to try again.
     */
    public void predecessorGone() {
        clients.failAbroad();
    }

    /**
     * Tells the events' hearers whether somebody has suspended the gateway, for the one of them
     * that takes over from this server; nothing is said of it here afterwards, until this server
     * accepts connections again. {@link #depart} does the same.
     */
    public void handOverSuspension() {
        services.boards().suspension().handOver();
    }

    /** How far the numbers that clients see in {@code stateVersion} have come. */
    public StateVersions stateVersions() {
        return clients.stateVersions();
    }

    /** Goes on from the numbers of another server; those that are higher here stay. */
    public void continueFrom(StateVersions versions) {
        clients.continueFrom(versions);
    }

    /**
     * Ends every connection that the configuration in force would not let in any more: with a close
     * frame, by force after 2 s; plain requests by closing them. Those on their way to or from
     * another server are looked at when they arrive. Does not wait.
     */
    public void reconsider() {
        clients.reconsider();
        door.reconsider();
    }

    /**
     * Refuses new work from now on and tells every client that the end is near: event {@code
     * shutdown}, then close 1012, which it is given 500 ms to answer while other things go on.
     * Connections without a WebSocket are cut at once, but for requests that are being worked on:
     * those have until {@link #stop}. Does not wait. Only the first call counts.
     *
     * @param restartExpectedMs how long until somebody serves again; 0 if nobody will
     */
    public synchronized void announceStop(String reason, long restartExpectedMs) {
        if (courtesy.isEmpty()) {
            courtesy = Optional.of(services.world().time().deadlineIn(COURTESY_MS));
            clients.announceStop(reason, restartExpectedMs);
            boolean _ = atTheDoor(door::cutPlain);
        }
    }

    private synchronized Deadline courtesy() {
        return courtesy.orElseThrow();
    }

    @Override
    public long stopMs() {
        return COURTESY_MS + 4 * CUT_MS;
    }

    /**
     * Closes every connection, by force what has not answered within 500 ms of {@link
     * #announceStop}, and ends the worker loops. The door stays: it answers probes and refuses
     * everything else. Only the first call does anything.
     *
     * @throws IllegalStateException naming the loops that do not answer; their connections end with
     *     the process
     */
    @Override
    public void stop(Deadline deadline) throws InterruptedException {
        if (isStopped.getAndSet(true)) {
            return;
        }
        announceStop("gateway stopping", 0);
        dismissRequests();
        Deadline polite = new Deadline(deadline.nanos() - CUT_MS * 1_000_000);
        Deadline courtesy = courtesy();
        boolean areCut =
                clients.end(
                        courtesy.nanos() - polite.nanos() < 0 ? courtesy : polite,
                        () -> stepMs(deadline, 3));
        awaitGuests(services.world().time().deadlineIn(CUT_MS));
        CountDownLatch atTheDoor = new CountDownLatch(1);
        boolean isDoorOpen =
                atTheDoor(
                        () -> {
                            door.cutAll();
                            atTheDoor.countDown();
                        });
        boolean isDoorCut =
                !isDoorOpen || atTheDoor.await(stepMs(deadline, 1), TimeUnit.MILLISECONDS);
        // What was on its way from the door to a worker ends with the worker.
        boolean haveEnded =
                workerLoops
                        .shutdownGracefully(0, 0, TimeUnit.MILLISECONDS)
                        .await(stepMs(deadline, 0));
        services.world().tasks().start("audit", services.boards().scribe()::close);
        if (!areCut || !isDoorCut || !haveEnded) {
            throw new IllegalStateException("loops that do not answer: " + loopAgesMs());
        }
    }

    /** How long loops may take: one that is late has what the steps after it can spare. */
    private long stepMs(Deadline deadline, int stepsAfter) {
        long leftMs = deadline.remainingMillis(services.world().time());
        return Math.max(CUT_MS, leftMs - stepsAfter * CUT_MS);
    }

    private void awaitGuests(Deadline deadline) throws InterruptedException {
        while (door.guests() > 0 && !deadline.hasPassed(services.world().time())) {
            services.world().pause(LOOK_MS);
        }
    }

    /** Tells those whose plain requests are being worked on to ask again. Does not wait. */
    public void dismissRequests() {
        door.dismissGuests();
    }

    /** Plain requests that are being worked on: an answer of the agent, say. Does not wait. */
    public int requests() {
        return door.guests();
    }

    /**
     * Connections that have not asked yet, or for nothing that takes time, and are no WebSocket.
     * Waits for the door, 2 s at most; one that does not answer has nobody who could be answered.
     */
    public int visitors() throws InterruptedException {
        AtomicInteger visitors = new AtomicInteger();
        CountDownLatch counted = new CountDownLatch(1);
        boolean isAsked =
                atTheDoor(
                        () -> {
                            visitors.set(door.visitors());
                            counted.countDown();
                        });
        boolean isCounted = isAsked && counted.await(VISITORS_MS_MAX, TimeUnit.MILLISECONDS);
        return isCounted ? visitors.get() : 0;
    }

    /** Runs something on the door loop; false if that has ended, and its connections with it. */
    private boolean atTheDoor(Runnable task) {
        try {
            doorLoop.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    /** Closes the listeners and ends the door. */
    @Override
    public void close() {
        listeners.closeAll();
        for (EventExecutorGroup loops : List.of(doorLoops, workerLoops, handshakes)) {
            var _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        }
    }

    /** How long each loop has not answered, in milliseconds, by name; for the watchdog. */
    public Map<String, Long> loopAgesMs() {
        Map<String, Long> ages = new LinkedHashMap<>();
        gauges.forEach((name, gauge) -> ages.put(name, gauge.ageMs()));
        return ages;
    }

    /** What the server measures about itself. Does not wait. */
    public List<Metric> metrics() {
        return services.boards().traffic().metrics(clients.size());
    }

    /** Bytes of buffers in use; for tests. */
    long bufferBytes() {
        return buffers.pinnedDirectMemory(); // there is no pool of heap buffers
    }

    /** Clients right now, authenticated or not. */
    public int connections() {
        return clients.size();
    }
}
