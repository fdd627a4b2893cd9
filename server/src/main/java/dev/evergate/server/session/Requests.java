package dev.evergate.server.session;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.audit.Actors;
import dev.evergate.server.rpc.Call;
import dev.evergate.server.rpc.Method;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.rpc.Suspension;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.wire.WireError;
import dev.evergate.server.ws.FrameEncoder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The requests of one authenticated connection. Lives on the connection's event loop. */
final class Requests {
    /** How long a request waits for the move of a connection that came late. */
    private static final long MOVE_MS_MAX = 5_000;

    private final Call.Caller caller;
    private final Hall hall;
    private final Shard shard;
    private final Outflow outflow;
    private final BooleanSupplier isMovable;

    /** Ids of what is being answered here. */
    private final List<JsonText> owed = new ArrayList<>(0);

    /** Ids of what is being answered on the server this connection came from. */
    private final List<JsonText> abroad = new ArrayList<>(0);

    private @Nullable Relay relay;

    /** Of a node. */
    private @Nullable NodeLine node;

    /** Answers that came when the connection was neither there nor here again. */
    private final List<Late> late = new ArrayList<>(0);

    private record Late(JsonText text, boolean isLast) {}

    /** What is to be done about unanswered requests when the connection moves, and when it ends. */
    private final List<Step> onMove = new ArrayList<>(0);

    private final List<Step> onEnd = new ArrayList<>(0);
    private boolean isGone;

    private record Step(JsonText id, Runnable action) {}

    /** Where answers go while the connection is on its way. */
    interface Relay {
        /** Passes an answer on; false if the way has ended. */
        boolean pass(byte[] text, boolean isLast);

        /** Passes a request on, which is answered there; false if the way has ended. */
        boolean handOn(byte[] request);
    }

    /**
     * @param isMovable whether it could go to another server now
     */
    Requests(
            Hall hall,
            Shard shard,
            Outflow outflow,
            Call.Caller caller,
            BooleanSupplier isMovable) {
        this.isMovable = isMovable;
        this.caller = caller;
        this.hall = hall;
        this.shard = shard;
        this.outflow = outflow;
    }

    /** The client has been greeted. */
    void begin(ClientSession session) {
        if (!grant().isOperator()) {
            node = NodeLine.joined(session, hall, grant());
        }
    }

    /** The client has come from another server; a node with what it had been sent for there. */
    void goOn(ClientSession session, Optional<FrozenSession.Duty> duty) {
        if (!grant().isOperator()) {
            node = NodeLine.arrived(session, hall, grant(), duty);
        }
    }

    /** What a node takes along; empty for others. */
    private Optional<FrozenSession.Duty> duty() {
        return node == null ? Optional.empty() : node.duty();
    }

    /** What another server needs of who this is and what it waits for. */
    FrozenSession.Open standing(Warrant warrant, long seq, FrozenSession.Pulse pulse) {
        return new FrozenSession.Open(
                caller.grant(),
                Optional.of(warrant),
                hall.services().boards().presence().seat(caller.connection()),
                seq,
                unanswered(),
                pulse,
                duty());
    }

    /** The connection belongs to another server. */
    void leave() {
        if (node != null) {
            node.moved();
        }
    }

    /** Notes what the server this connection came from still answers. */
    void owedAbroad(List<String> ids) {
        ids.forEach(id -> abroad.add(JsonText.of(id.getBytes(StandardCharsets.UTF_8))));
    }

    /** Ids of everything that is unanswered. */
    List<String> unanswered() {
        return Stream.concat(owed.stream(), abroad.stream()).map(JsonText::toString).toList();
    }

    boolean isAnsweredAbroad() {
        return !abroad.isEmpty();
    }

    /** From now on, answers are passed on instead of being sent. */
    void freeze(Relay to) {
        relay = to;
        List<Step> due = List.copyOf(onMove);
        onMove.clear();
        due.forEach(step -> step.action.run());
        if (node != null) {
            node.frozen();
        }
    }

    /** Does something for an unanswered request once the connection is on its way. */
    void whenMoved(JsonText id, Runnable action) {
        if (relay != null) {
            action.run();
        } else if (owed.contains(id)) {
            onMove.add(new Step(id, action));
        }
    }

    /** Does something for an unanswered request once the client has left. */
    void whenGone(JsonText id, Runnable action) {
        if (isGone) {
            action.run();
        } else if (owed.contains(id)) {
            onEnd.add(new Step(id, action));
        }
    }

    /** The client has left. */
    void gone() {
        isGone = true;
        List<Step> due = List.copyOf(onEnd);
        onEnd.clear();
        due.forEach(step -> step.action.run());
        if (node != null) {
            node.left();
        }
    }

    private void answered(JsonText id) {
        owed.remove(id);
        onMove.removeIf(step -> step.id == id);
        onEnd.removeIf(step -> step.id == id);
    }

    /** The connection is here again. */
    void thaw() {
        relay = null;
        List<Late> waited = List.copyOf(late);
        late.clear();
        waited.forEach(answer -> answerHere(answer.text.bytes(), answer.isLast));
        if (node != null) {
            node.thawed();
        }
    }

    Grant grant() {
        return caller.grant();
    }

    Hall hall() {
        return hall;
    }

    Shard shard() {
        return shard;
    }

    ByteBufAllocator allocator() {
        return outflow.allocator();
    }

    /**
     * Takes a message.
     *
     * @param isBorrowed whether its bytes are valid only during this call
     * @param reservedBytes of the frame budget; given back with the answer
     */
    void take(RequestFrame message, boolean isBorrowed, long reservedBytes) {
        switch (message) {
            case RequestFrame.Garbage _ -> // not answered, as the protocol has it
                    hall.budget().release(reservedBytes);
            case RequestFrame.Malformed(var id, var problem) -> {
                hall.budget().release(reservedBytes);
                fail(id, WireError.invalid("invalid request frame: " + problem));
            }
            case RequestFrame.Request request -> serve(request, isBorrowed, reservedBytes);
        }
    }

    private void serve(RequestFrame.Request request, boolean isBorrowed, long reservedBytes) {
        Method method = hall.methods().find(request.method());
        if (method == null) {
            // A name that nobody knows could be anything, so it is not written down.
            Act act = new Act("unknown method", "", "", "");
            deny(request, reservedBytes, act, unknown(request.method()));
            return;
        }
        WireError denial = denial(method);
        if (denial != null) {
            String scope = method.scope().map(Scope::wireName).orElse("");
            deny(request, reservedBytes, new Act(method.name(), "", scope, ""), denial);
            return;
        }
        WireError refusal = refusal();
        if (refusal != null) {
            hall.budget().release(reservedBytes);
            fail(request.id(), refusal);
            return;
        }
        if (!method.isSuspendable() || suspension().entered()) {
            admit(method, request, isBorrowed, reservedBytes);
        } else {
            hall.budget().release(reservedBytes);
            fail(request.id(), suspension().refusal(method.name()));
        }
    }

    private Suspension suspension() {
        return hall.services().boards().suspension();
    }

    private void admit(
            Method method, RequestFrame.Request request, boolean isBorrowed, long reservedBytes) {
        hall.services().boards().traffic().request();
        owed.add(request.id());
        start(method, request, isBorrowed, new Answerer(this, request.id(), reservedBytes, false));
    }

    private void start(
            Method method, RequestFrame.Request request, boolean isBorrowed, Answerer answerer) {
        boolean mustCopy = isBorrowed && method.isBlocking();
        JsonText params = mustCopy ? request.params().detached() : request.params();
        Services services = hall.services();
        Gateway gateway = services.gateway().pinned();
        Call call = new Call(services.json(), gateway, caller, method.name(), params, answerer);
        if (method.isBlocking()) {
            hall.services().world().tasks().start(method.name(), () -> run(method, call, answerer));
        } else {
            run(method, call, answerer);
        }
    }

    /** A request of this connection that its former server leaves to us; only its end is owed. */
    void takeOn(byte[] request) {
        Relay away = relay;
        if (away != null) {
            boolean _ = away.handOn(request);
            return;
        }
        if (RequestFrame.read(hall.services().json(), request, request.length)
                instanceof RequestFrame.Request asked) {
            Method method = hall.methods().find(asked.method());
            boolean wasOwed = forget(owed, asked.id()) || forget(abroad, asked.id());
            if (method != null && wasOwed) {
                owed.add(asked.id());
                if (method.isSuspendable()) {
                    suspension().returned();
                }
                start(method, asked, false, new Answerer(this, asked.id(), 0, true));
            }
        }
    }

    private static boolean forget(List<JsonText> ids, JsonText id) {
        return ids.removeIf(known -> known.toString().equals(id.toString()));
    }

    /** Leaves a request to the server this connection moves to; see {@link Call#handOn}. */
    void handOn(JsonText id, String method, byte[] params) {
        boolean isToMove = hall.isDeparting().getAsBoolean() && isMovable.getAsBoolean();
        if (relay == null && isToMove) {
            awaitMove(new Step(id, () -> handOnNow(id, method, params)));
        } else {
            handOnNow(id, method, params);
        }
    }

    /** One that has come while the others move follows them; should it not, it is told so here. */
    private void awaitMove(Step step) {
        onMove.add(step);
        Runnable giveUp =
                () -> {
                    if (onMove.remove(step)) {
                        step.action.run();
                    }
                };
        var _ =
                hall.services()
                        .world()
                        .timers()
                        .after(
                                MOVE_MS_MAX,
                                () -> {
                                    boolean _ = shard.run(giveUp);
                                });
    }

    private void handOnNow(JsonText id, String method, byte[] params) {
        Relay away = relay;
        byte[] request = Frames.request(hall.services().json(), id, method, params);
        if (away == null || !away.handOn(request)) {
            Json json = hall.services().json();
            WireError error = spread(restarting());
            answer(id, Frames.failure(allocator(), id, json, error), true);
        }
    }

    private static WireError restarting() {
        return WireError.tryAgain(
                "the gateway restarts before this is answered; try again with the same key",
                "gateway-restarting");
    }

    /** A name nobody knows is treated like an admin's, so that it tells nothing to others. */
    private WireError unknown(String name) {
        if (!grant().isOperator()) {
            return wrongRole();
        }
        if (!grant().allows(Scope.ADMIN)) {
            return WireError.missingScope(Scope.ADMIN.wireName());
        }
        return WireError.invalid(
                name.equals("connect")
                        ? "connect is only valid as the first request"
                        : "unknown method: " + name);
    }

    private WireError wrongRole() {
        return WireError.invalid("unauthorized role: " + grant().role());
    }

    private @Nullable WireError denial(Method method) {
        if (grant().isOperator() == method.isForNodes()) {
            return wrongRole();
        }
        if (method.scope().isPresent() && !grant().allows(method.scope().get())) {
            return WireError.missingScope(method.scope().get().wireName());
        }
        return null;
    }

    /** Somebody has tried what is not for it. */
    private void deny(RequestFrame.Request request, long reservedBytes, Act act, WireError denial) {
        hall.budget().release(reservedBytes);
        Object code = denial.details().getOrDefault("code", denial.code());
        Actor actor = Actors.of(grant(), "", caller.address());
        hall.services().boards().scribe().refused(actor, act, code.toString());
        fail(request.id(), denial);
    }

    private @Nullable WireError refusal() {
        Optional<WireError> ending = hall.refusal().get();
        if (ending.isPresent()) {
            return ending.get();
        }
        int inFlight = owed.size() + abroad.size();
        if (inFlight >= Limits.IN_FLIGHT) {
            return WireError.tryAgain(
                    inFlight
                            + " requests are unanswered (expected: fewer than "
                            + Limits.IN_FLIGHT
                            + " on one connection)",
                    "too-many-requests");
        }
        return null;
    }

    private void run(Method method, Call call, Answerer answerer) {
        try {
            method.handler().handle(call);
        } catch (EvergateException expected) {
            answerer.failed(WireError.of(expected));
        } catch (RuntimeException bug) {
            hall.faults().accept(bug);
            answerer.failed(
                    WireError.of(
                            WireError.UNAVAILABLE,
                            method.name() + " failed unexpectedly; the log has the details"));
        } finally {
            if (method.isSuspendable()) {
                suspension().left();
            }
        }
    }

    /** Whoever is told to come back is not told the same as everybody else. */
    WireError spread(WireError error) {
        return error.putOff(hall.services().world().entropy().fraction());
    }

    private void fail(JsonText id, WireError error) {
        hall.services().boards().traffic().request();
        hall.services().boards().traffic().error();
        outflow.send(Frames.failure(allocator(), id, hall.services().json(), spread(error)));
        outflow.flushSoon();
    }

    /** An answer to the request {@code id}; {@code frame} becomes ours. */
    void answer(JsonText id, ByteBuf frame, boolean isLast) {
        if (relay != null) {
            byte[] text = Frames.payload(frame);
            frame.release();
            relayed(text, isLast);
            return;
        }
        if (isLast) {
            answered(id);
        }
        outflow.send(frame);
        outflow.flushSoon();
    }

    /** An answer from elsewhere, or one that was on its way elsewhere. */
    void relayed(byte[] text, boolean isLast) {
        Relay away = relay;
        if (away != null) {
            if (!away.pass(text, isLast)) {
                late.add(new Late(JsonText.of(text), isLast));
            }
            return;
        }
        answerHere(text, isLast);
    }

    /** Sends an answer that is there as text. */
    void answerHere(byte[] text, boolean isLast) {
        if (isLast && !settle(owed, text) && !settle(abroad, text)) {
            return; // it has been answered already
        }
        outflow.send(FrameEncoder.text(allocator(), text));
        outflow.flushSoon();
    }

    private static boolean settle(List<JsonText> ids, byte[] answer) {
        for (int i = 0; i < ids.size(); i++) {
            if (Frames.answers(answer, ids.get(i))) {
                ids.remove(i);
                return true;
            }
        }
        return false;
    }

    /** Nobody answers any more what was owed elsewhere: the client is asked to try again. */
    void failAbroad(WireError error) {
        for (JsonText id : List.copyOf(abroad)) {
            ByteBuf frame = Frames.failure(allocator(), id, hall.services().json(), spread(error));
            byte[] text = Frames.payload(frame);
            frame.release();
            relayed(text, true);
        }
    }
}
