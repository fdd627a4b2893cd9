package dev.evergate.server.node;

import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.time.World;
import dev.evergate.server.node.Errand.Request;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.Json;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The nodes that are connected, and what they have been sent for. Thread-safe; nothing waits.
 *
 * <p>An errand goes with its node: when the node's connection moves to another server, that one
 * knows what the node owes and takes the outcome, and whoever asked here asks there again, with the
 * same key, as soon as it has moved itself. So nothing is sent twice and nothing is lost. A node
 * that is on its way is sent for nothing until it has arrived somewhere.
 */
public final class NodeBoard {
    private static final int OPEN_MAX = 1000;
    private final World world;
    private final Map<String, Seat> seats = new HashMap<>();
    private final ErrandBook book;
    private boolean isWhole;

    /** The connection of a node. */
    public interface Line {
        /** Runs something on its loop, if that lives. */
        void run(Runnable task);

        /** Sends an event; on its loop. */
        void send(String event, Json.Body payload);
    }

    /** Who waits for an errand. Is told from any thread; must not wait. */
    public interface Asker {
        void told(Outcome outcome);

        /** The node has gone on to another server: to be asked again there. */
        void nodeMoved();

        /** Too much has been asked for already. */
        void turnedAway();
    }

    /** A node that is connected. */
    public record Present(Offer offer, long sinceMs) {}

    private enum State {
        HERE,
        MOVING,
        AWAY
    }

    private static final class Seat {
        final String connection;
        final Line line;
        final Present present;
        State state = State.HERE;

        Seat(String connection, Line line, Present present) {
            this.connection = connection;
            this.line = line;
            this.present = present;
        }
    }

    /** What became of an outcome that a node brought. */
    public enum Receipt {
        TAKEN,
        /** Nobody waits for it. */
        IGNORED,
        /** It is to be given to the server the node has moved to. */
        ELSEWHERE
    }

    public NodeBoard(World world) {
        this.world = world;
        this.book = new ErrandBook(world.time());
    }

    // ---- nodes

    /** A node has come; it takes the place of an earlier connection of the same one. */
    public void joined(String nodeId, String connection, Line line, Offer offer) {
        Present present = new Present(offer, world.time().wallMillis());
        seat(nodeId, new Seat(connection, line, present), List.of());
    }

    /** A node has come from another server, with what it had been sent for there. */
    public void arrived(
            String nodeId, String connection, Line line, Offer offer, FrozenSession.Duty duty) {
        Present present = new Present(offer, duty.sinceMs());
        seat(nodeId, new Seat(connection, line, present), duty.errands());
    }

    private void seat(String nodeId, Seat seat, List<FrozenSession.Errand> brought) {
        List<Errand> due;
        synchronized (this) {
            seats.put(nodeId, seat);
            brought.forEach(errand -> bring(nodeId, seat, errand));
            due = book.open(e -> e.request.nodeId().equals(nodeId) && !e.isSent());
        }
        due.forEach(errand -> dispatch(seat, errand));
    }

    private void bring(String nodeId, Seat seat, FrozenSession.Errand from) {
        long leftMs = Math.max(1, from.leftMs());
        Request request = new Request(nodeId, from.command(), from.key(), "", leftMs, "");
        Errand errand = book.find(request.name());
        if (errand == null || !errand.isOpen()) {
            errand = begin(request);
        }
        book.rename(errand, from.id());
        errand.connection = seat.connection;
    }

    /** The connected one of that id; empty if it is not here or about to be. */
    public synchronized Optional<Present> present(String nodeId) {
        return Optional.ofNullable(seats.get(nodeId)).map(seat -> seat.present);
    }

    /** A connection has ended: what its node owes will not come. */
    public void left(String connection) {
        List<Runnable> told;
        synchronized (this) {
            seats.values().removeIf(seat -> seat.connection.equals(connection));
            told =
                    settle(
                            e ->
                                    e.connection.equals(connection)
                                            || (!e.isSent() && isAbsent(e.request.nodeId())));
        }
        told.forEach(Runnable::run);
    }

    private boolean isAbsent(String nodeId) {
        return isWhole && !seats.containsKey(nodeId);
    }

    /** Ends errands of nodes that are not there. */
    private List<Runnable> settle(Predicate<Errand> which) {
        List<Runnable> told = new ArrayList<>();
        for (Errand errand : book.open(which)) {
            told.addAll(end(errand, notConnected(errand.isSent())));
        }
        return told;
    }

    private static Outcome notConnected(boolean isDispatched) {
        String message = isDispatched ? "node disconnected" : "node not connected";
        return new Outcome.Failed("NOT_CONNECTED", message, isDispatched);
    }

    /** Every node that will come from another server has come. */
    public void whole() {
        List<Runnable> told;
        synchronized (this) {
            isWhole = true;
            told = settle(e -> !e.isSent() && isAbsent(e.request.nodeId()));
        }
        told.forEach(Runnable::run);
    }

    // ---- on the move; on the loop of the node's connection

    /** It is taken off its loop. */
    public synchronized void frozen(String connection) {
        seated(connection).ifPresent(seat -> seat.state = State.MOVING);
    }

    /** What a frozen one takes along; empty if it is no node. */
    public synchronized Optional<FrozenSession.Duty> duty(String connection) {
        return seated(connection)
                .map(seat -> new FrozenSession.Duty(seat.present.sinceMs, owed(connection)));
    }

    private List<FrozenSession.Errand> owed(String connection) {
        return book.open(e -> e.connection.equals(connection)).stream()
                .map(
                        e ->
                                new FrozenSession.Errand(
                                        e.id,
                                        e.request.command(),
                                        e.request.key(),
                                        e.deadline.remainingMillis(world.time())))
                .toList();
    }

    /** It goes on here after all. */
    public void thawed(String connection) {
        List<Errand> due = new ArrayList<>();
        Optional<Seat> back;
        synchronized (this) {
            back = seated(connection);
            back.ifPresent(seat -> seat.state = State.HERE);
            seats.forEach(
                    (nodeId, seat) -> {
                        if (seat.connection.equals(connection)) {
                            due.addAll(
                                    book.open(
                                            e -> e.request.nodeId().equals(nodeId) && !e.isSent()));
                        }
                    });
        }
        due.forEach(errand -> dispatch(back.orElseThrow(), errand));
    }

    /** It belongs to another server. */
    public void moved(String connection) {
        List<Asker> asking = new ArrayList<>();
        synchronized (this) {
            seats.forEach(
                    (nodeId, seat) -> {
                        if (seat.connection.equals(connection)) {
                            seat.state = State.AWAY;
                            book.open(e -> e.request.nodeId().equals(nodeId))
                                    .forEach(e -> asking.addAll(e.askers));
                        }
                    });
        }
        asking.forEach(Asker::nodeMoved);
    }

    /** No node that has moved comes back; who still asks here for one is told so. */
    public void forgetMoved() {
        List<Runnable> told = new ArrayList<>();
        synchronized (this) {
            List<String> lost =
                    seats.values().stream()
                            .filter(seat -> seat.state == State.AWAY)
                            .map(seat -> seat.connection)
                            .toList();
            List<String> nodes =
                    seats.entrySet().stream()
                            .filter(e -> lost.contains(e.getValue().connection))
                            .map(Map.Entry::getKey)
                            .toList();
            seats.keySet().removeAll(nodes);
            told.addAll(settle(e -> nodes.contains(e.request.nodeId())));
        }
        told.forEach(Runnable::run);
    }

    private synchronized boolean isAway(Seat seat) {
        return seat.state == State.AWAY;
    }

    private Optional<Seat> seated(String connection) {
        return seats.values().stream()
                .filter(seat -> seat.connection.equals(connection))
                .findFirst();
    }

    // ---- errands

    /** How many nodes' answers are waited for. Does not wait. */
    public synchronized int awaited() {
        return book.openCount();
    }

    /**
     * Sends a node for something, or waits for what it was sent for with the same key. Whoever asks
     * must look first whether it may.
     */
    public void ask(Request request, Asker asker) {
        Errand errand;
        Seat seat;
        Outcome known = null;
        synchronized (this) {
            seat = seats.get(request.nodeId());
            errand = book.find(request.name());
            if (errand == null && (seat != null || !isWhole) && book.openCount() < OPEN_MAX) {
                errand = begin(request);
            }
            if (errand != null) {
                known = errand.outcome;
                errand.askers.add(asker);
            }
        }
        if (errand == null) {
            refuse(seat, asker);
        } else if (known != null) {
            asker.told(known);
        } else if (seat != null && isAway(seat)) {
            asker.nodeMoved();
        } else if (seat != null) {
            dispatch(seat, errand);
        }
    }

    private static void refuse(@Nullable Seat seat, Asker asker) {
        if (seat == null) {
            asker.told(notConnected(false));
        } else {
            asker.turnedAway();
        }
    }

    private Errand begin(Request request) {
        long timeoutMs = request.timeoutMs();
        Errand errand = new Errand(world.ids().next(), request, world.time().deadlineIn(timeoutMs));
        book.add(errand);
        errand.timer = world.timers().after(timeoutMs, () -> expire(errand));
        return errand;
    }

    /** Sends the node, unless it is on its way, or has been sent already. */
    private void dispatch(Seat seat, Errand errand) {
        seat.line.run(
                () -> {
                    if (isToBeSent(seat, errand)) {
                        seat.line.send(
                                "node.invoke.request", out -> ErrandFrames.request(out, errand));
                    }
                });
    }

    private synchronized boolean isToBeSent(Seat seat, Errand errand) {
        boolean isDue = seat.state == State.HERE && !errand.isSent() && errand.isOpen();
        if (isDue) {
            errand.connection = seat.connection;
        }
        return isDue;
    }

    /** A node brings an outcome. */
    public Receipt brought(String nodeId, String connection, String errandId, Outcome outcome) {
        List<Runnable> told;
        synchronized (this) {
            Seat seat = seats.get(nodeId);
            if (seat != null && seat.connection.equals(connection) && seat.state != State.HERE) {
                return Receipt.ELSEWHERE;
            }
            Errand errand = book.byId(errandId);
            if (errand == null || !errand.isOpen() || !errand.request.nodeId().equals(nodeId)) {
                return Receipt.IGNORED;
            }
            told = end(errand, outcome);
            book.keep(errand);
        }
        told.forEach(Runnable::run);
        return Receipt.TAKEN;
    }

    private void expire(Errand errand) {
        List<Runnable> told = new ArrayList<>();
        synchronized (this) {
            if (errand.isOpen()) {
                told.addAll(recall(errand));
                told.addAll(
                        end(
                                errand,
                                new Outcome.Failed(
                                        "TIMEOUT", "node invoke timed out", errand.isSent())));
            }
        }
        told.forEach(Runnable::run);
    }

    /** Somebody who asked has left; without anybody else the node need not go on. */
    public void unask(Request request, Asker asker) {
        List<Runnable> told = new ArrayList<>();
        synchronized (this) {
            Errand errand = book.find(request.name());
            if (errand != null && errand.isOpen() && errand.askers.remove(asker)) {
                if (errand.askers.isEmpty()) {
                    told.addAll(recall(errand));
                    told.addAll(
                            end(
                                    errand,
                                    new Outcome.Failed("ABORTED", "cancelled", errand.isSent())));
                }
            }
        }
        told.forEach(Runnable::run);
    }

    /** Tells the node that nobody waits any more, if it was sent and is here. */
    private List<Runnable> recall(Errand errand) {
        Seat seat = seats.get(errand.request.nodeId());
        if (seat == null || !seat.connection.equals(errand.connection)) {
            return List.of();
        }
        Runnable cancel =
                () ->
                        seat.line.run(
                                () ->
                                        seat.line.send(
                                                "node.invoke.cancel",
                                                out -> ErrandFrames.cancel(out, errand)));
        return List.of(cancel);
    }

    /** Keeps the outcome and says who is to be told. */
    private List<Runnable> end(Errand errand, Outcome outcome) {
        List<Asker> askers = List.copyOf(errand.askers);
        book.end(errand, outcome);
        return askers.stream().map(asker -> (Runnable) () -> asker.told(outcome)).toList();
    }
}
