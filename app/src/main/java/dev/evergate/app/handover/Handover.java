package dev.evergate.app.handover;

import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.server.ControlServer;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The predecessor's side of a hand-over: gives the connections away batch by batch, then the lease,
 * then, for as long as its turns run, what they say.
 *
 * <p>Order of use: {@link #run}; then {@link #drain} if it returned, {@link #takeBack} if it threw
 * or the keeper says so. One thread at a time; it blocks.
 */
public final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    static final int PROTOCOL = 1;

    /** Connections that are silent together while they move. */
    private static final int BATCH_SIZE = 100;

    /** A successor that does not take a batch in this time hangs. */
    private static final long ADOPTION_MS = 2_000;

    /** Batches at least: few connections may be spread over all loops. */
    private static final int ROUNDS_MIN = 16;

    private static final long LOOK_MS = 10;

    /** What has not become a WebSocket so long after the successor serves is cut. */
    private static final long LATE_MS = 1_000;

    /** The last answers are on their way through the loops when the last turn has ended. */
    private static final long LINGER_MS = 100;

    private static final long NOTICE_MS = 5_000;

    private static final int ADOPTIONS_MAX = 16;

    private final RealWorld world;
    private final LiveGateway gateway;
    private final ControlServer server;
    private final Peer peer;
    private final long generation;
    private final BlockingQueue<Long> adoptions = new ArrayBlockingQueue<>(ADOPTIONS_MAX);
    private final CountDownLatch hasRun = new CountDownLatch(1);
    private final Departure departure;
    private long batches;
    private int moved;
    private volatile boolean isServed;
    private volatile boolean isDeserted;

    /**
     * Begins: from now on what happens here is kept for the successor.
     *
     * @param generation our own number
     */
    public Handover(
            RealWorld world,
            LiveGateway gateway,
            ControlServer server,
            PeerSocket peer,
            long generation) {
        this.world = world;
        this.gateway = gateway;
        this.server = server;
        this.peer = new Peer(peer);
        this.generation = generation;
        this.departure = server.depart();
    }

    /** Connections that belong to the successor. */
    public int moved() {
        return moved;
    }

    /**
     * Gives everything away; returns when the successor says that it serves. What the keeper says
     * counts: then either {@link #drain} or {@link #takeBack} follows.
     *
     * @return how many turns go on here
     * @throws IOException if the successor died, hangs, or is not done by the deadline
     */
    public int run(Deadline deadline) throws IOException, InterruptedException {
        try {
            return giveAway(deadline);
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e); // a loop of our own does not answer
        } finally {
            hasRun.countDown();
        }
    }

    private int giveAway(Deadline deadline) throws IOException, InterruptedException {
        world.startApart("hand-over-peer", this::listen);
        var _ = gateway.pause();
        peer.send(new PeerMessage.Opening(PROTOCOL, generation, server.stateVersions()));
        // Whoever comes later, however many, moves while we drain.
        int rounds = ROUNDS_MIN + server.connections() / BATCH_SIZE * 2;
        for (int i = 0; i < rounds && departure.freeze(BATCH_SIZE) > 0; i++) {
            pass(deadline);
        }
        pass(deadline);
        var running = gateway.pause();
        peer.send(new PeerMessage.Ready(running));
        while (!isServed) {
            passOne(LOOK_MS, deadline);
        }
        return running.size();
    }

    /**
     * From here on everything new is the successor's. Only the keeper can say so: it may have
     * decided that the successor failed before it heard that it serves.
     */
    private void leave() {
        departure.stopAccepting();
        gateway.leaveTo(this::name);
    }

    /**
     * Lets the turns end that run here, until the deadline, and says goodbye. What they say goes to
     * the successor; what has not ended is the successor's. Without one that listens, it only waits
     * for the turns. Plain requests stay as long as their turns, wherever those run.
     *
     * @return connections that had to be closed
     */
    public int drain(Deadline turns) throws InterruptedException {
        awaitRun();
        leave();
        AtomicBoolean areDrained = new AtomicBoolean();
        world.startApart(
                "drain-turns",
                () -> {
                    try {
                        gateway.drain(turns);
                    } finally {
                        areDrained.set(true);
                    }
                });
        Deadline late = world.time().deadlineIn(LATE_MS);
        int cut = 0;
        boolean isCut = false;
        while (!areDrained.get() || (!isCut && left() > 0) || isAwaited(turns)) {
            relay();
            if (!isCut && late.hasPassed(world.time())) {
                isCut = true;
                cut = staying();
                server.announceStop("gateway restarting", LATE_MS);
            }
        }
        cut = (isCut ? cut : staying()) + server.requests();
        goodbye();
        return cut;
    }

    /** Whether plain requests wait for an answer, here or from the successor. */
    private boolean isAwaited(Deadline turns) {
        return server.requests() > 0 && !turns.hasPassed(world.time());
    }

    /**
     * Connections that are waited for: WebSockets that are to move, those that cannot and wait for
     * an answer, and whoever just asks.
     */
    private int left() throws InterruptedException {
        int webSockets = isDeserted ? 0 : departure.remaining() + departure.bound().waiting();
        return webSockets + server.visitors();
    }

    /** Connections that end with us. */
    private int staying() throws InterruptedException {
        int webSockets = isDeserted ? 0 : departure.remaining() + departure.bound().all();
        return webSockets + server.visitors();
    }

    private void relay() throws InterruptedException {
        Deadline adoption = world.time().deadlineIn(2 * ADOPTION_MS);
        if (isDeserted) {
            world.pause(LOOK_MS);
            return;
        }
        try {
            if (departure.remaining() > 0) {
                int _ = departure.freeze(BATCH_SIZE);
            }
            passOne(LOOK_MS, adoption);
            pass(adoption);
        } catch (IOException | IllegalStateException e) {
            desert(e);
        }
    }

    private void goodbye() throws InterruptedException {
        try {
            Deadline end = world.time().deadlineIn(LATE_MS);
            while (!isDeserted && passOne(LINGER_MS, end)) {
                // the last words
            }
            peer.send(new PeerMessage.Bye());
        } catch (IOException | IllegalStateException e) {
            desert(e);
        }
        departure.close();
        peer.shutdown();
    }

    /** Nobody listens any more: whoever comes next finds the turns in the journal. */
    private void desert(Exception e) {
        if (!isDeserted) {
            isDeserted = true;
            log.warn("The successor does not hear us any more: {}", e.getMessage());
        }
    }

    /**
     * Takes everything back that the successor had not adopted; it must be dead. Waits until {@link
     * #run} has noticed, 5 s at most.
     */
    public void takeBack() throws InterruptedException {
        peer.shutdown();
        awaitRun();
        departure.takeBack();
    }

    private void awaitRun() throws InterruptedException {
        if (!hasRun.await(NOTICE_MS, TimeUnit.MILLISECONDS)) {
            log.warn("The hand-over is still under way, against all expectation");
        }
    }

    /** Sends what has happened until now. */
    private void pass(Deadline deadline) throws IOException, InterruptedException {
        while (passOne(0, deadline)) {
            // one thing a round
        }
    }

    /** Sends the next thing that happened, if there is one in time. */
    private boolean passOne(long waitMs, Deadline deadline)
            throws IOException, InterruptedException {
        if (isDeserted) {
            throw new IOException("the successor has ended");
        }
        if (deadline.hasPassed(world.time())) {
            throw new IOException("the successor is not done in time");
        }
        Optional<Item> next = departure.next(waitMs);
        if (next.isEmpty()) {
            return false;
        }
        switch (next.get()) {
            case Item.Event(var event) -> peer.send(new PeerMessage.Happened(event));
            case Item.Response response ->
                    peer.send(
                            new PeerMessage.Answered(
                                    response.connection(),
                                    new PeerMessage.Text(response.text()),
                                    response.isLast()));
            case Item.Request request ->
                    peer.send(
                            new PeerMessage.Asked(
                                    request.connection(), new PeerMessage.Text(request.frame())));
            case Item.Batch(var moving) -> {
                batches++;
                peer.send(new PeerMessage.Connections(batches, moving));
                awaitAdoption(batches);
                departure.adopted();
                moved += moving.size();
            }
        }
        return true;
    }

    private void awaitAdoption(long number) throws IOException, InterruptedException {
        Deadline deadline = world.time().deadlineIn(ADOPTION_MS);
        while (!deadline.hasPassed(world.time()) && !isDeserted) {
            Long adopted = adoptions.poll(LOOK_MS, TimeUnit.MILLISECONDS);
            if (adopted != null && adopted == number) {
                return;
            }
        }
        throw new IOException("the successor did not take batch " + number + " of connections");
    }

    private void name(String runId) {
        try {
            peer.send(new PeerMessage.Accepted(runId));
        } catch (IOException e) {
            desert(e); // It reads the inbox again when we are gone.
        }
    }

    /** Hears the successor until it ends. */
    private void listen() {
        try (peer) {
            Optional<PeerMessage> next = peer.receive();
            while (next.isPresent()) {
                hear(next.get());
                next = peer.receive();
            }
        } catch (IOException e) {
            log.warn("The successor is not understood: {}", e.getMessage());
        } finally {
            isDeserted = true;
        }
    }

    private void hear(PeerMessage message) throws IOException {
        switch (message) {
            case PeerMessage.Adopted(var number) -> {
                var _ = adoptions.offer(number);
            }
            case PeerMessage.Serving _ -> isServed = true;
            case PeerMessage.Stop(var runId) -> gateway.stop(runId);
            case PeerMessage.Opening _,
                    PeerMessage.Connections _,
                    PeerMessage.Happened _,
                    PeerMessage.Answered _,
                    PeerMessage.Asked _,
                    PeerMessage.Ready _,
                    PeerMessage.Accepted _,
                    PeerMessage.Bye _ ->
                    throw new IOException("a successor does not say " + message);
        }
    }
}
