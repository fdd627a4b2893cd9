package dev.evergate.server.rpc;

import dev.evergate.core.agent.CancelSource;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Compacted;
import dev.evergate.core.gateway.Conversations;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Conversations: create, settle, talk, stop, reset, delete. */
final class SessionChanges {
    private static final int KEY_CHARS_MAX = 512;

    /** What a new conversation could only be promised. */
    private static final List<String> PROMISES = List.of("incognito", "fork", "worktree");

    private final Services services;

    SessionChanges(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("sessions.create", Scope.WRITE, this::create),
                Method.blocking("sessions.patch", Scope.WRITE, this::patch),
                Method.blocking("sessions.send", Scope.WRITE, this::send).audited(Auditing.COUNTED),
                Method.blocking("sessions.abort", Scope.WRITE, this::abort)
                        .audited(Auditing.ATTEMPTED),
                Method.blocking("sessions.compact", Scope.ADMIN, this::compact),
                Method.blocking("sessions.reset", Scope.ADMIN, this::reset),
                Method.blocking("sessions.delete", Scope.ADMIN, this::delete));
    }

    private void create(Call call) {
        Params params = call.params();
        for (String promise : PROMISES) {
            if (params.flag(promise)) {
                throw params.refused(promise, "is not offered by this gateway");
            }
        }
        var patch = new SessionPatch(params, call.config(), services.nowMs());
        Session session =
                call.gateway()
                        .conversations()
                        .create(
                                params.optionalText("key", KEY_CHARS_MAX).orElse(""),
                                patch.label().orElse(""),
                                patch.apply(SessionDetails.NONE));
        String text =
                params.optionalText("message").or(() -> params.optionalText("task")).orElse("");
        Started started = text.isEmpty() ? Started.NOTHING : start(call, session, text);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("sessionId", session.sessionId());
                    SessionAnswers.entry(out, session);
                    started.write(out);
                    SessionAnswers.resolved(out, session, call.config());
                    out.writeEndObject();
                });
    }

    /** The run that a new conversation begins with; one that could not be begun says why. */
    private record Started(Optional<String> runId, Optional<WireError> fault) {
        static final Started NOTHING = new Started(Optional.empty(), Optional.empty());

        void write(JsonGenerator out) {
            out.writeBooleanProperty("runStarted", runId.isPresent());
            runId.ifPresent(id -> out.writeStringProperty("runId", id));
            fault.ifPresent(
                    error -> {
                        out.writeObjectPropertyStart("runError");
                        out.writeStringProperty("code", error.code());
                        out.writeStringProperty("message", error.message());
                        out.writeEndObject();
                    });
        }
    }

    private Started start(Call call, Session session, String text) {
        Params params = call.params();
        try {
            String runId = say(call, params, session.key(), text).runId();
            return new Started(Optional.of(runId), Optional.empty());
        } catch (EvergateException e) {
            return new Started(Optional.empty(), Optional.of(WireError.of(e)));
        }
    }

    private Gateway.Sent say(Call call, Params params, String key, String text) {
        String idempotencyKey =
                params.optionalName("idempotencyKey")
                        .orElseGet(() -> services.world().ids().next());
        return call.gateway()
                .send(
                        Utterance.of(params, text)
                                .to(key, idempotencyKey, ChatMethods.sender(call.grant())));
    }

    private void patch(Call call) {
        Params params = call.params();
        String key = params.text("key", KEY_CHARS_MAX);
        var patch = new SessionPatch(params, call.config(), services.nowMs());
        Session session = call.gateway().conversations().change(key, patch);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("path", "journal");
                    SessionAnswers.entry(out, session);
                    SessionAnswers.resolved(out, session, call.config());
                    out.writeEndObject();
                });
    }

    private void send(Call call) {
        Params params = call.params();
        String key = params.text("key", KEY_CHARS_MAX);
        String message =
                params.optionalText("message").orElseThrow(() -> params.missing("message"));
        if (call.gateway().session(key).isEmpty()) {
            throw Conversations.unknown(key);
        }
        ChatMethods.answer(call, say(call, params, key, message));
    }

    private void abort(Call call) {
        Params params = call.params();
        Optional<String> runId = params.optionalName("runId");
        Optional<String> key =
                params.optionalText("key", KEY_CHARS_MAX)
                        .or(() -> runId.flatMap(call.gateway().conversations()::ofRun));
        if (key.isEmpty() && runId.isEmpty()) {
            throw params.missing("key");
        }
        List<String> stopped =
                key.map(known -> call.gateway().abort(known, runId)).orElse(List.of());
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    if (stopped.isEmpty()) {
                        out.writeNullProperty("abortedRunId");
                    } else {
                        out.writeStringProperty("abortedRunId", stopped.getFirst());
                    }
                    out.writeStringProperty(
                            "status", stopped.isEmpty() ? "no-active-run" : "aborted");
                    out.writeEndObject();
                });
    }

    private void compact(Call call) {
        Params params = call.params();
        String key = params.text("key", KEY_CHARS_MAX);
        OptionalLong rows = params.optionalInteger("maxLines", 1, Integer.MAX_VALUE);
        Conversations conversations = call.gateway().conversations();
        Compacted result =
                rows.isPresent()
                        ? conversations.cutTo(key, (int) rows.getAsLong())
                        : conversations.compact(key, "", new CancelSource());
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", !(result instanceof Compacted.Failed));
                    out.writeStringProperty("key", key);
                    out.writeBooleanProperty("compacted", result instanceof Compacted.Done);
                    write(out, result);
                    out.writeEndObject();
                });
    }

    private static void write(JsonGenerator out, Compacted result) {
        switch (result) {
            case Compacted.Done done -> {
                out.writeNumberProperty("kept", done.kept());
                out.writeObjectPropertyStart("result");
                out.writeNumberProperty("tokensBefore", done.tokensBefore());
                out.writeNumberProperty("tokensAfter", done.tokensAfter());
                out.writeEndObject();
            }
            case Compacted.Needless(var why, var kept) -> {
                out.writeNumberProperty("kept", kept);
                out.writeStringProperty("reason", why);
            }
            case Compacted.Failed(var why) -> out.writeStringProperty("reason", why);
        }
    }

    private void reset(Call call) {
        Session session = call.gateway().resetSession(call.params().text("key", KEY_CHARS_MAX));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    SessionAnswers.entry(out, session);
                    out.writeEndObject();
                });
    }

    private void delete(Call call) {
        String key = call.params().text("key", KEY_CHARS_MAX);
        boolean deleted = call.gateway().deleteSession(key);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("key", key);
                    out.writeBooleanProperty("deleted", deleted);
                    out.writeArrayPropertyStart("archived");
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }
}
