package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads of what OpenClaw has and this product has not: channels, scheduled jobs, questions,
 * approvals, tasks, skills, boards, projects. Each is answered truthfully, that there is none
 * (protocol v4 section 12); nothing that would write is offered. Stateless.
 */
final class AbsentMethods {
    private static final int PAGE_MAX = 200;
    private static final int PAGE_DEFAULT = 50;

    /** Names the state of a list that never changes. */
    private static final String REVISION = "none";

    private final Services services;

    AbsentMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.inline("channels.status", Scope.READ, this::channels),
                Method.inline("cron.list", Scope.READ, this::jobs),
                Method.inline("cron.status", Scope.READ, call -> call.answer(jobsAtAll())),
                Method.inline("cron.get", Scope.READ, AbsentMethods::job),
                Method.inline("cron.runs", Scope.READ, AbsentMethods::jobRuns),
                nothing("question.list", Scope.QUESTIONS, "{\"questions\":[]}"),
                nothing("exec.approval.list", Scope.APPROVALS, "[]"),
                nothing("plugin.approval.list", Scope.APPROVALS, "[]"),
                nothing("openclaw.approval.list", Scope.APPROVALS, "[]"),
                nothing("tasks.list", Scope.READ, "{\"tasks\":[]}"),
                nothing("taskSuggestions.list", Scope.READ, "{\"suggestions\":[]}"),
                nothing("projects.list", Scope.READ, "{\"projects\":[],\"recents\":[]}"),
                nothing("progressCard.get", Scope.READ, "{\"card\":null}"),
                nothing(
                        "plugins.controlUi.list",
                        Scope.READ,
                        "{\"revision\":\"none\",\"plugins\":[],\"diagnostics\":[]}"),
                Method.inline("skills.status", Scope.READ, AbsentMethods::skills),
                Method.inline("usage.status", Scope.READ, this::quotas),
                nothing("users.prefs.get", Scope.READ, "{\"status\":\"ok\",\"entries\":{}}"),
                Method.inline("board.get", Scope.READ, AbsentMethods::board));
    }

    private static Method nothing(String name, Scope scope, String answer) {
        byte[] payload = answer.getBytes(StandardCharsets.US_ASCII);
        return Method.inline(name, scope, call -> call.answer(payload));
    }

    private void channels(Call call) {
        long nowMs = services.nowMs();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("ts", nowMs);
                    empty(out, "channelOrder");
                    for (String name :
                            List.of(
                                    "channelLabels",
                                    "channels",
                                    "channelAccounts",
                                    "channelDefaultAccountId")) {
                        out.writeObjectPropertyStart(name);
                        out.writeEndObject();
                    }
                    out.writeEndObject();
                });
    }

    private void jobs(Call call) {
        Params params = call.params();
        call.answer(
                out -> {
                    out.writeStartObject();
                    empty(out, "jobs");
                    page(out, params);
                    out.writeStringProperty("snapshotRevision", REVISION);
                    out.writeEndObject();
                });
    }

    private static void jobRuns(Call call) {
        Params params = call.params();
        call.answer(
                out -> {
                    out.writeStartObject();
                    empty(out, "entries");
                    page(out, params);
                    out.writeEndObject();
                });
    }

    /** Clients refuse a page that is not complete or does not fit together. */
    private static void page(JsonGenerator out, Params params) {
        out.writeNumberProperty("total", 0);
        out.writeNumberProperty("offset", 0);
        out.writeNumberProperty(
                "limit", params.optionalInteger("limit", 1, PAGE_MAX).orElse(PAGE_DEFAULT));
        out.writeBooleanProperty("hasMore", false);
        out.writeNullProperty("nextOffset");
    }

    private static Json.Body jobsAtAll() {
        return out -> {
            out.writeStartObject();
            out.writeBooleanProperty("enabled", false);
            out.writeStringProperty("storePath", "");
            out.writeNumberProperty("jobs", 0);
            out.writeNullProperty("nextWakeAtMs");
            out.writeEndObject();
        };
    }

    private static void job(Call call) {
        Params params = call.params();
        String id = params.has("jobId") ? params.text("jobId") : params.text("id");
        call.fail(
                WireError.invalid(
                                "cron job not found: "
                                        + id
                                        + " (this gateway has no scheduled jobs; a timer of the"
                                        + " system can call POST /hooks/agent)")
                        .with("code", "CRON_JOB_NOT_FOUND")
                        .with("jobId", id));
    }

    private static void board(Call call) {
        String key = call.params().text("sessionKey");
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("sessionKey", key);
                    out.writeNumberProperty("revision", 0);
                    empty(out, "tabs");
                    empty(out, "widgets");
                    out.writeEndObject();
                });
    }

    private static void skills(Call call) {
        String agentId = call.config().agents().defaultId();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("agentId", agentId);
                    out.writeStringProperty("workspaceDir", "");
                    out.writeStringProperty("managedSkillsDir", "");
                    empty(out, "skills");
                    out.writeEndObject();
                });
    }

    /** What is left at providers: none of ours tells. */
    private void quotas(Call call) {
        long nowMs = services.nowMs();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("updatedAt", nowMs);
                    empty(out, "providers");
                    out.writeEndObject();
                });
    }

    private static void empty(JsonGenerator out, String name) {
        out.writeArrayPropertyStart(name);
        out.writeEndArray();
    }
}
