package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.rpc.Suspension.Activity;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Set;

/** {@code gateway.suspend.*} (protocol v4 section 14). They work while everything else waits. */
final class SuspendMethods {
    private static final int REQUEST_ID_CHARS_MAX = 128;
    private static final Set<String> TERMINAL_POLICIES = Set.of("preserve", "terminate");

    private final Services services;

    SuspendMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("gateway.suspend.prepare", Scope.ADMIN, this::prepare)
                        .audited(Auditing.ATTEMPTED),
                Method.blocking("gateway.suspend.status", Scope.READ, this::status),
                Method.blocking("gateway.suspend.resume", Scope.ADMIN, this::resume)
                        .audited(Auditing.ATTEMPTED));
    }

    private Suspension suspension() {
        return services.boards().suspension();
    }

    private void prepare(Call call) {
        Params params = call.params();
        String requestId = params.text("requestId", REQUEST_ID_CHARS_MAX).strip();
        if (params.has("terminalPolicy")) {
            String _ = params.oneOf("terminalPolicy", TERMINAL_POLICIES); // there are no terminals
        }
        switch (suspension().prepare(requestId, params.flag("drain"))) {
            case Suspension.Busy(var reason, var activity) ->
                    call.answer(
                            out -> {
                                out.writeStartObject();
                                out.writeStringProperty("status", "busy");
                                out.writeStringProperty("reason", reason);
                                out.writeNumberProperty("retryAfterMs", Suspension.RETRY_MS);
                                activity(out, activity);
                                out.writeEndObject();
                            });
            case Suspension.Held held ->
                    call.answer(
                            out -> {
                                out.writeStartObject();
                                out.writeStringProperty(
                                        "status", held.isReady() ? "ready" : "draining");
                                out.writeStringProperty("suspensionId", held.id());
                                out.writeNumberProperty("expiresAtMs", held.expiresAtMs());
                                if (!held.isReady()) {
                                    out.writeNumberProperty("retryAfterMs", Suspension.RETRY_MS);
                                }
                                activity(out, held.activity());
                                out.writeEndObject();
                            });
            case Suspension.Conflict(var expiresAtMs) ->
                    call.fail(
                            conflict(
                                    "another gateway suspension is already prepared", expiresAtMs));
            case Suspension.Running() ->
                    call.fail(WireError.tryAgain("the suspension has ended again", "ended"));
        }
    }

    private void status(Call call) {
        switch (suspension().status(call.params().text("suspensionId").strip())) {
            case Suspension.Held held ->
                    call.answer(
                            out -> {
                                out.writeStartObject();
                                out.writeStringProperty(
                                        "status", held.isReady() ? "ready" : "draining");
                                out.writeNumberProperty("expiresAtMs", held.expiresAtMs());
                                if (!held.isReady()) {
                                    out.writeNumberProperty("retryAfterMs", Suspension.RETRY_MS);
                                    activity(out, held.activity());
                                } else {
                                    nothing(out, "writeCustody");
                                }
                                out.writeEndObject();
                            });
            case Suspension.Conflict(var expiresAtMs) ->
                    call.fail(conflict("a different gateway suspension is prepared", expiresAtMs));
            case Suspension.Running(), Suspension.Busy _ ->
                    call.answer(
                            out -> {
                                out.writeStartObject();
                                out.writeStringProperty("status", "running");
                                out.writeEndObject();
                            });
        }
    }

    private void resume(Call call) {
        boolean isResumed = suspension().resume(call.params().text("suspensionId").strip());
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("status", "running");
                    out.writeBooleanProperty("resumed", isResumed);
                    out.writeEndObject();
                });
    }

    private WireError conflict(String message, long expiresAtMs) {
        return WireError.tryAgain(message, "gateway-suspension-conflict")
                .retryAfter(Math.max(0, expiresAtMs - services.nowMs()))
                .with("expiresAtMs", expiresAtMs);
    }

    private static void activity(JsonGenerator out, Activity activity) {
        out.writeNumberProperty("activeCount", activity.total());
        out.writeArrayPropertyStart("blockers");
        blocker(out, "root-request", activity.requests(), "request(s) being answered");
        blocker(out, "chat-run", activity.running(), "answer(s) being written");
        blocker(out, "queued-turn", activity.waiting(), "message(s) waiting for their turn");
        out.writeEndArray();
        nothing(out, "writeCustody");
    }

    private static void blocker(JsonGenerator out, String kind, int count, String what) {
        if (count > 0) {
            out.writeStartObject();
            out.writeStringProperty("kind", kind);
            out.writeNumberProperty("count", count);
            out.writeStringProperty("message", count + " " + what);
            out.writeEndObject();
        }
    }

    private static void nothing(JsonGenerator out, String name) {
        out.writeArrayPropertyStart(name);
        out.writeEndArray();
    }
}
