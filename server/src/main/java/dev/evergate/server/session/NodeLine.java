package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.node.NodeBoard;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Json;

import java.util.List;
import java.util.Optional;

/** The connection of a node, as the board of nodes sees it. Lives on the connection's loop. */
final class NodeLine implements NodeBoard.Line {
    private final ClientSession session;
    private final Hall hall;
    private final String nodeId;

    private NodeLine(ClientSession session, Hall hall, Grant grant) {
        this.session = session;
        this.hall = hall;
        this.nodeId = grant.client().deviceId();
    }

    /** A node has been let in. */
    static NodeLine joined(ClientSession session, Hall hall, Grant grant) {
        NodeLine line = new NodeLine(session, hall, grant);
        line.board().joined(line.nodeId, session.id(), line, grant.offer());
        return line;
    }

    /** A node has come from another server. */
    static NodeLine arrived(
            ClientSession session, Hall hall, Grant grant, Optional<FrozenSession.Duty> duty) {
        NodeLine line = new NodeLine(session, hall, grant);
        FrozenSession.Duty known = duty.orElse(new FrozenSession.Duty(0, List.of()));
        line.board().arrived(line.nodeId, session.id(), line, grant.offer(), known);
        return line;
    }

    private NodeBoard board() {
        return hall.services().boards().nodes();
    }

    @Override
    public void run(Runnable task) {
        if (session.shard().loop().inEventLoop()) {
            task.run();
        } else {
            boolean _ = session.shard().run(task);
        }
    }

    @Override
    public void send(String event, Json.Body payload) {
        byte[] head = Frames.eventHead(hall.services().json(), event, payload, Optional.empty());
        Bundle bundle = new Bundle(List.of(Broadcast.toNode(nodeId, head)));
        session.events(bundle, 0);
        bundle.release();
    }

    void left() {
        board().left(session.id());
    }

    void frozen() {
        board().frozen(session.id());
    }

    Optional<FrozenSession.Duty> duty() {
        return board().duty(session.id());
    }

    void thawed() {
        board().thawed(session.id());
    }

    void moved() {
        board().moved(session.id());
    }
}
