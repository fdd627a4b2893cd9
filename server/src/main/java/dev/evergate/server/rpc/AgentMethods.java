package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.time.Timers;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code agent}, which answers twice, and {@code agent.wait}. */
final class AgentMethods {
    private static final int KEY_CHARS_MAX = 512;
    private static final long WAIT_MS_DEFAULT = 30_000;
    private static final long WAIT_MS_MAX = 3_600_000;

    private final Services services;

    AgentMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("agent", Scope.WRITE, this::agent).audited(Auditing.COUNTED),
                Method.inline("agent.wait", Scope.WRITE, this::await));
    }

    private void agent(Call call) {
        Params params = call.params();
        String message = params.text("message");
        String key = params.text("idempotencyKey");
        Optional<WireError> refusal = Utterance.refusal(params, call.grant());
        if (refusal.isPresent()) {
            call.fail(refusal.get());
            return;
        }
        Gateway.Sent sent =
                call.gateway()
                        .send(
                                Utterance.ofAgent(params, message, call.config())
                                        .to(
                                                sessionKey(call.config(), params, key),
                                                key,
                                                ChatMethods.sender(call.grant())));
        switch (sent) {
            case Gateway.Sent.Ended ended -> RunAnswers.finish(call, ended.end());
            case Gateway.Sent.Started(var runId, var session, var agent, var atMs) ->
                    accepted(call, runId, session, agent, atMs);
            case Gateway.Sent.InFlight(var runId, var session, var agent, var atMs) ->
                    accepted(call, runId, session, agent, atMs);
        }
    }

    private void accepted(
            Call call, String runId, String sessionKey, String agentId, long acceptedAtMs) {
        call.progress(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("runId", runId);
                    out.writeStringProperty("sessionKey", sessionKey);
                    out.writeStringProperty("agentId", agentId);
                    out.writeStringProperty("status", "accepted");
                    out.writeNumberProperty("acceptedAt", acceptedAtMs);
                    out.writeEndObject();
                });
        var _ =
                call.gateway()
                        .end(runId)
                        .whenComplete(
                                (end, fault) -> {
                                    if (fault == null && end.isPresent()) {
                                        RunAnswers.finish(call, end.get());
                                    } else if (isLeft(fault)) {
                                        call.handOn();
                                    } else {
                                        call.fail(
                                                WireError.tryAgain(
                                                        "the run's end is not known here; ask"
                                                                + " again with the same"
                                                                + " idempotencyKey",
                                                        "run-unknown"));
                                    }
                                });
    }

    /**
     * The conversation meant: by key; by a caller's own session id; by agent; or one of its own for
     * a run that names none, as the protocol has it.
     */
    private static String sessionKey(ConfigSnapshot config, Params params, String idempotencyKey) {
        String defaultAgent = config.agents().defaultId();
        Optional<String> agent = params.optionalName("agentId");
        Optional<String> key = params.optionalName("sessionKey");
        if (key.isPresent()) {
            return params.text("sessionKey", KEY_CHARS_MAX);
        }
        Optional<String> sessionId = params.optionalName("sessionId");
        if (sessionId.isEmpty() && agent.isPresent()) {
            return "agent:" + agent.get() + ":main";
        }
        return "agent:"
                + agent.orElse(defaultAgent)
                + ":explicit:"
                + sessionId.orElse(idempotencyKey);
    }

    /** Whether the generation that has taken over ends the run. */
    private static boolean isLeft(@Nullable Throwable fault) {
        Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
        return cause instanceof EvergateException known && known.code() == ErrorCode.UNAVAILABLE;
    }

    private void await(Call call) {
        String runId = call.params().text("runId");
        long beganNanos = services.world().time().nanos();
        long timeoutMs =
                Math.min(
                        WAIT_MS_MAX,
                        call.params()
                                .optionalInteger("timeoutMs", 0, Long.MAX_VALUE)
                                .orElse(WAIT_MS_DEFAULT));
        AtomicBoolean isAnswered = new AtomicBoolean();
        Timers.Timer timer =
                services.world()
                        .timers()
                        .after(
                                timeoutMs,
                                () -> {
                                    if (isAnswered.compareAndSet(false, true)) {
                                        call.answer(out -> waited(out, runId, Optional.empty()));
                                    }
                                });
        var _ =
                call.gateway()
                        .end(runId)
                        .whenComplete(
                                (end, fault) -> {
                                    if (isLeft(fault) && isAnswered.compareAndSet(false, true)) {
                                        timer.cancel();
                                        long passedMs =
                                                (services.world().time().nanos() - beganNanos)
                                                        / 1_000_000;
                                        long leftMs = Math.max(0, timeoutMs - passedMs);
                                        call.handOn(out -> waiting(out, runId, leftMs));
                                    }
                                    boolean isKnown = fault == null && end.isPresent();
                                    if (isKnown && isAnswered.compareAndSet(false, true)) {
                                        timer.cancel();
                                        call.answer(out -> waited(out, runId, end));
                                    }
                                });
    }

    private static void waiting(JsonGenerator out, String runId, long timeoutMs) {
        out.writeStartObject();
        out.writeStringProperty("runId", runId);
        out.writeNumberProperty("timeoutMs", timeoutMs);
        out.writeEndObject();
    }

    private static void waited(JsonGenerator out, String runId, Optional<RunEnd> ended) {
        out.writeStartObject();
        out.writeStringProperty("runId", runId);
        out.writeStringProperty("status", ended.map(RunAnswers::status).orElse("timeout"));
        ended.ifPresent(
                end -> {
                    out.writeNumberProperty("startedAt", end.startedAtMs());
                    out.writeNumberProperty("endedAt", end.endedAtMs());
                    if (!end.error().isEmpty()) {
                        out.writeStringProperty("error", end.error());
                    }
                });
        out.writeEndObject();
    }
}
