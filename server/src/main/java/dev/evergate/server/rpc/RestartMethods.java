package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.spi.Restarts;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/**
 * {@code gateway.restart.*}, in the shapes OpenClaw's clients know (protocol v4 "Restart"), and
 * {@code restarts.*}, which are our own.
 *
 * <p>Those clients ask whether a restart is safe because theirs waits for work that would be lost.
 * Ours loses none: running answers end where they run, waiting messages are taken over. So it is
 * always safe, nothing blocks it, and it is never deferred; the counts are what they are.
 */
final class RestartMethods {
    private static final String REASON = "gateway.restart.request";
    private static final int REASON_CHARS_MAX = 200;
    private static final int LIST_DEFAULT = 20;
    private static final int LIST_MAX = 200;

    private final Restarts restarts;

    RestartMethods(Services services) {
        this.restarts = services.desks().restarts();
    }

    List<Method> methods() {
        return List.of(
                Method.inline("gateway.restart.preflight", Scope.READ, this::preflight),
                Method.blocking("gateway.restart.request", Scope.ADMIN, this::request)
                        .audited(Auditing.ATTEMPTED),
                Method.blocking("restarts.list", Scope.READ, this::list),
                Method.blocking("restarts.get", Scope.READ, this::get));
    }

    private void preflight(Call call) {
        Restarts.Work work = restarts.work();
        call.answer(out -> preflight(out, work));
    }

    private void request(Call call) {
        String given = call.params().optionalText("reason").orElse("").strip();
        String reason =
                given.isEmpty()
                        ? REASON
                        : given.substring(0, Math.min(given.length(), REASON_CHARS_MAX));
        Restarts.Work work = restarts.work();
        Restarts.Asked asked = restarts.ask(reason);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("status", "scheduled");
                    out.writeName("preflight");
                    preflight(out, work);
                    out.writeObjectPropertyStart("restart");
                    out.writeBooleanProperty("ok", true);
                    out.writeNumberProperty("pid", asked.pid());
                    out.writeStringProperty("signal", "SIGUSR2");
                    out.writeStringProperty("reason", reason);
                    out.writeStringProperty("mode", "emit");
                    out.writeNumberProperty("cooldownMsApplied", 0);
                    out.writeNumberProperty("delayMs", 0);
                    out.writeBooleanProperty("coalesced", asked.isJoined());
                    out.writeBooleanProperty("emitHooksQueued", false);
                    out.writeEndObject();
                    out.writeEndObject();
                });
    }

    private void list(Call call) {
        int limit = (int) call.params().optionalInteger("limit", 1, LIST_MAX).orElse(LIST_DEFAULT);
        List<JsonNode> newest = restarts.newest(limit);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("restarts");
                    newest.forEach(out::writePOJO);
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void get(Call call) {
        Optional<JsonNode> found = restarts.find(call.params().integer("generation", 1));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeName("restart");
                    out.writePOJO(found.orElse(null));
                    out.writeEndObject();
                });
    }

    private static void preflight(JsonGenerator out, Restarts.Work work) {
        out.writeStartObject();
        out.writeBooleanProperty("safe", true);
        out.writeObjectPropertyStart("counts");
        out.writeNumberProperty("queueSize", work.waiting());
        out.writeNumberProperty("pendingReplies", work.running());
        out.writeNumberProperty("embeddedRuns", work.running());
        // No release of ours has these yet.
        out.writeNumberProperty("cronRuns", 0);
        out.writeNumberProperty("backgroundExecSessions", 0);
        out.writeNumberProperty("rootRequests", 0);
        out.writeNumberProperty("activeTasks", 0);
        out.writeNumberProperty("totalActive", work.running() + work.waiting());
        out.writeEndObject();
        out.writeArrayPropertyStart("blockers");
        out.writeEndArray();
        out.writeStringProperty("summary", summary(work));
        out.writeEndObject();
    }

    private static String summary(Restarts.Work work) {
        return work.running() + work.waiting() == 0
                ? "safe to restart now"
                : "safe to restart now: %d running answer(s) go on, %d waiting message(s) are taken over"
                        .formatted(work.running(), work.waiting());
    }
}
