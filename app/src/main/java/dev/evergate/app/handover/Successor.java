package dev.evergate.app.handover;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.gateway.Predecessor;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.server.ControlServer;
import dev.evergate.server.move.Arrivals;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The successor's side of a hand-over: adopts connections, and hears for as long as the predecessor
 * lives what its turns say.
 *
 * <p>Order of use: {@link #adopt}, then, holding the lease, {@link #serve}. Adopting blocks its
 * thread; {@link #stop} is thread-safe.
 */
public final class Successor implements Predecessor {
    private static final Logger log = LoggerFactory.getLogger(Successor.class);

    private final RealWorld world;
    private final LiveGateway gateway;
    private final ControlServer server;
    private final Peer peer;
    private int adopted;

    /** Nothing is read before {@link #adopt}. */
    public Successor(
            RealWorld world, LiveGateway gateway, ControlServer server, PeerSocket predecessor) {
        this.world = world;
        this.gateway = gateway;
        this.server = server;
        this.peer = new Peer(predecessor);
    }

    /** Connections that have come over. */
    public int adopted() {
        return adopted;
    }

    /**
     * Adopts connections until the predecessor has no more that can move.
     *
     * @return the turns that go on there
     * @throws IOException if the predecessor has ended or is not understood
     */
    public List<ActiveRun> adopt() throws IOException {
        // A run may have ended while the list of those that go on was on its way.
        Set<String> ended = new HashSet<>();
        while (true) {
            PeerMessage message =
                    peer.receive()
                            .orElseThrow(() -> new IOException("the predecessor ended in between"));
            if (message instanceof PeerMessage.Ready(var running)) {
                return running.stream().filter(run -> !ended.contains(run.runId())).toList();
            }
            if (message
                    instanceof PeerMessage.Happened(GatewayEvent.RunEnded(var run, var _, var _))) {
                ended.add(run.runId());
            }
            hear(message);
        }
    }

    /** Tells the predecessor that its time is over, and hears it until it ends. */
    public void serve(long epoch) {
        try {
            peer.send(new PeerMessage.Serving(epoch));
        } catch (IOException e) {
            log.warn("The predecessor cannot be told that we serve: {}", e.getMessage());
        }
        world.startApart("hand-over-peer", this::listen);
    }

    @Override
    public void stop(String runId) {
        try {
            peer.send(new PeerMessage.Stop(runId));
        } catch (IOException e) {
            log.debug("Nobody to stop {}: {}", runId, e.getMessage());
        }
    }

    private void listen() {
        try (peer) {
            Optional<PeerMessage> next = peer.receive();
            while (next.isPresent()) {
                hear(next.get());
                next = peer.receive();
            }
        } catch (IOException e) {
            log.warn("The predecessor is not understood: {}", e.getMessage());
        } finally {
            predecessorGone();
        }
    }

    private void predecessorGone() {
        gateway.predecessorGone();
        server.predecessorGone();
    }

    private void hear(PeerMessage message) throws IOException {
        switch (message) {
            case PeerMessage.Opening(var protocol, var generation, var versions) -> {
                if (protocol > Handover.PROTOCOL) {
                    throw new IOException(
                            "generation %d hands over in a newer way: %d (expected: <= %d)"
                                    .formatted(generation, protocol, Handover.PROTOCOL));
                }
                server.continueFrom(versions);
            }
            case PeerMessage.Connections(var number, var moving) -> {
                Arrivals arrivals = server.arrivals(moving);
                peer.send(new PeerMessage.Adopted(number));
                arrivals.begin();
                adopted += moving.size();
            }
            case PeerMessage.Happened(var event) -> gateway.hear(event);
            case PeerMessage.Answered(var connection, var answer, var isLast) ->
                    server.response(connection, answer.bytes(), isLast);
            case PeerMessage.Asked(var connection, var request) ->
                    server.request(connection, request.bytes());
            case PeerMessage.Accepted(var runId) -> gateway.accepted(runId);
            case PeerMessage.Bye _ -> predecessorGone();
            case PeerMessage.Ready _,
                    PeerMessage.Adopted _,
                    PeerMessage.Serving _,
                    PeerMessage.Stop _ ->
                    throw new IOException("a predecessor does not say " + message);
        }
    }
}
