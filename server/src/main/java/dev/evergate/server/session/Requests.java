package dev.evergate.server.session;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.rpc.Call;
import dev.evergate.server.rpc.Method;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.wire.WireError;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import org.jspecify.annotations.Nullable;

/** The requests of one authenticated connection. Lives on the connection's event loop. */
final class Requests {
    private final Hall hall;
    private final Shard shard;
    private final Outflow outflow;
    private final Grant grant;
    private int inFlight;

    Requests(Hall hall, Shard shard, Outflow outflow, Grant grant) {
        this.hall = hall;
        this.shard = shard;
        this.outflow = outflow;
        this.grant = grant;
    }

    Grant grant() {
        return grant;
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
            hall.budget().release(reservedBytes);
            fail(request.id(), unknown(request.method()));
            return;
        }
        WireError refusal = refusal(method);
        if (refusal != null) {
            hall.budget().release(reservedBytes);
            fail(request.id(), refusal);
            return;
        }
        hall.services().boards().traffic().request();
        inFlight++;
        Answerer answerer = new Answerer(this, request.id(), reservedBytes);
        boolean mustCopy = isBorrowed && method.isBlocking();
        JsonText params = mustCopy ? request.params().detached() : request.params();
        Call call = new Call(hall.services().json(), grant, method.name(), params, answerer);
        if (method.isBlocking()) {
            hall.services().world().tasks().start(method.name(), () -> run(method, call, answerer));
        } else {
            run(method, call, answerer);
        }
    }

    /** A name nobody knows is treated like an admin's, so that it tells nothing to others. */
    private WireError unknown(String name) {
        if (!grant.isOperator()) {
            return WireError.invalid("unauthorized role: " + grant.role());
        }
        if (!grant.allows(Scope.ADMIN)) {
            return WireError.missingScope(Scope.ADMIN.wireName());
        }
        return WireError.invalid(
                name.equals("connect")
                        ? "connect is only valid as the first request"
                        : "unknown method: " + name);
    }

    private @Nullable WireError refusal(Method method) {
        if (!grant.isOperator()) {
            return WireError.invalid("unauthorized role: " + grant.role());
        }
        if (method.scope().isPresent() && !grant.allows(method.scope().get())) {
            return WireError.missingScope(method.scope().get().wireName());
        }
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

    /** An answer; {@code frame} becomes ours. */
    void answer(ByteBuf frame, boolean isLast) {
        if (isLast) {
            inFlight--;
        }
        outflow.send(frame);
        outflow.flushSoon();
    }
}
