package dev.evergate.server.session;

import dev.evergate.core.time.World;
import dev.evergate.server.access.Peer;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.JsonText;

import java.util.ArrayList;
import java.util.List;

/**
 * A client that has been greeted and not let in yet, with what it has said meanwhile. Lives on the
 * connection's event loop.
 */
final class Greeting {
    private final Handshake handshake;
    private final long deadlineNanos;

    /** While who it is is being verified: its {@code connect}, and what came behind. */
    private List<byte[]> waiting = new ArrayList<>(0);

    Greeting(Handshake handshake, long deadlineNanos) {
        this.handshake = handshake;
        this.deadlineNanos = deadlineNanos;
    }

    /** One that begins now. */
    static Greeting begin(World world, Peer peer) {
        var handshake = new Handshake(world.ids().token(), peer);
        return new Greeting(handshake, world.time().nanos() + Limits.HANDSHAKE_NANOS);
    }

    /** One that another server has begun. */
    static Greeting of(FrozenSession.Greeting from, long nowNanos) {
        long leftNanos = Math.min(from.leftNanos(), Limits.HANDSHAKE_NANOS);
        Handshake handshake = new Handshake(from.nonce(), from.peer());
        Greeting greeting = new Greeting(handshake, nowNanos + leftNanos);
        from.waiting().forEach(message -> greeting.waiting.add(message.bytes()));
        return greeting;
    }

    /** The same, for another server. */
    FrozenSession.Greeting frozen(long nowNanos) {
        return new FrozenSession.Greeting(
                handshake.nonce(),
                handshake.peer(),
                deadlineNanos - nowNanos,
                waiting.stream().map(JsonText::of).toList());
    }

    Handshake handshake() {
        return handshake;
    }

    boolean isOverdue(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    /** Keeps a message for later; false if there are too many. */
    boolean keep(byte[] message) {
        return waiting.size() <= Limits.QUEUED_HANDSHAKE_FRAMES && waiting.add(message);
    }

    /** How much is kept. */
    long keptBytes() {
        return waiting.stream().mapToLong(message -> message.length).sum();
    }

    /** Gives up what was kept, the {@code connect} first. */
    List<byte[]> takeKept() {
        List<byte[]> all = waiting;
        waiting = new ArrayList<>(0);
        return all;
    }
}
