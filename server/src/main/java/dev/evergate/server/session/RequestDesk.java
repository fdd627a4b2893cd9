package dev.evergate.server.session;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.rpc.Call;
import dev.evergate.server.rpc.Method;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.wire.WireError;

import org.jspecify.annotations.Nullable;

/**
 * Has the requests of open connections served. Stateless; called on the connection's event loop.
 */
final class RequestDesk {
    private RequestDesk() {}

    /**
     * Takes a frame of an open connection.
     *
     * @param borrowed whether {@code payload} is void once this returns
     */
    static void take(
            ClientSession session, Grant granted, byte[] payload, int length, boolean borrowed) {
        switch (RequestFrame.read(session.hall().services().json(), payload, length)) {
            case RequestFrame.Garbage _ -> {} // as the protocol has it: not answered
            case RequestFrame.Malformed(var requestId, var problem) ->
                    session.fail(requestId, WireError.invalid("invalid request frame: " + problem));
            case RequestFrame.Request request -> serve(session, granted, request, borrowed);
        }
    }

    private static void serve(
            ClientSession session, Grant granted, RequestFrame.Request request, boolean borrowed) {
        Hall hall = session.hall();
        Method method = hall.methods().find(request.method());
        WireError refusal = refusal(granted, request.method(), method, session.inFlight());
        if (refusal != null || method == null) {
            session.fail(request.id(), refusal == null ? WireError.invalid("") : refusal);
            return;
        }
        Answerer answerer = new Answerer(session, request.id(), session.begun());
        boolean mustCopy = borrowed && method.isBlocking();
        JsonText params = mustCopy ? request.params().detached() : request.params();
        Call call = new Call(hall.services().json(), granted, method.name(), params, answerer);
        if (method.isBlocking()) {
            hall.services()
                    .world()
                    .tasks()
                    .start(method.name(), () -> run(hall, method, call, answerer));
        } else {
            run(hall, method, call, answerer);
        }
    }

    private static @Nullable WireError refusal(
            Grant granted, String name, @Nullable Method method, int inFlight) {
        if (!granted.isOperator()) {
            return WireError.invalid("unauthorized role: " + granted.role());
        }
        if (method == null && !granted.allows(Scope.ADMIN)) {
            return WireError.missingScope(Scope.ADMIN.wireName());
        }
        if (method == null) {
            return WireError.invalid(
                    name.equals("connect")
                            ? "connect is only valid as the first request"
                            : "unknown method: " + name);
        }
        if (method.scope().isPresent() && !granted.allows(method.scope().get())) {
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

    private static void run(Hall hall, Method method, Call call, Answerer answerer) {
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
}
