package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.spi.Configs;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Terms;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code config.*}, in the shapes OpenClaw's clients know (protocol v4 "Config"); history, diff and
 * undo are our own.
 */
final class ConfigMethods {
    private static final int PATH_CHARS_MAX = 1_024;
    private static final int HISTORY_DEFAULT = 20;
    private static final int HISTORY_MAX = 200;
    private static final int NOTE_CHARS_MAX = 500;
    private static final long RESTART_DELAY_MAX_MS = 600_000;

    private final Services services;
    private final Configs configs;

    ConfigMethods(Services services) {
        this.services = services;
        this.configs = services.desks().configs();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("config.get", Scope.READ, this::get),
                Method.blocking("config.set", Scope.ADMIN, this::set),
                Method.blocking("config.patch", Scope.ADMIN, this::patch),
                Method.blocking("config.apply", Scope.ADMIN, this::apply),
                Method.blocking("config.undo", Scope.ADMIN, this::undo),
                Method.blocking("config.schema", Scope.READ, this::schema),
                Method.blocking("config.schema.lookup", Scope.READ, this::lookup),
                Method.blocking("config.history", Scope.READ, this::history),
                Method.blocking("config.diff", Scope.READ, this::diff));
    }

    private void get(Call call) {
        JsonNode document = configs.document();
        call.answer(out -> out.writePOJO(document));
    }

    private void set(Call call) {
        Params params = call.params();
        var edit = new Edit.Document(params.text("raw"));
        answer(call, configs.change(edit, terms(call, params)), Optional.empty());
    }

    private void apply(Call call) {
        Params params = call.params();
        var edit = new Edit.Document(params.text("raw"));
        var sentinel = new Sentinel("config-apply", "config.apply", note(params));
        answer(call, configs.change(edit, terms(call, params)), Optional.of(sentinel));
    }

    private void patch(Call call) {
        Params params = call.params();
        var edit = new Edit.Patch(params.text("raw"), Set.copyOf(params.texts("replacePaths")));
        var sentinel = new Sentinel("config-patch", "config.patch", note(params));
        answer(call, configs.change(edit, terms(call, params)), Optional.of(sentinel));
    }

    private void undo(Call call) {
        Params params = call.params();
        var edit = new Edit.Undo(params.optionalInteger("number", 1, Long.MAX_VALUE));
        answer(call, configs.change(edit, terms(call, params)), Optional.empty());
    }

    private static Terms terms(Call call, Params params) {
        return new Terms(
                params.optionalText("baseHash"),
                params.flag("force"),
                params.optionalInteger("restartDelayMs", 0, RESTART_DELAY_MAX_MS),
                client(call));
    }

    /** What a client says it is, for people. */
    private static String client(Call call) {
        Grant.Client client = call.grant().client();
        return client.displayName().isEmpty() ? client.id() : client.displayName();
    }

    private static Optional<String> note(Params params) {
        return params.optionalText("note")
                .map(note -> note.substring(0, Math.min(note.length(), NOTE_CHARS_MAX)));
    }

    private void schema(Call call) {
        JsonNode schema = configs.schema();
        call.answer(out -> out.writePOJO(schema));
    }

    private void lookup(Call call) {
        String path = call.params().text("path", PATH_CHARS_MAX);
        JsonNode found =
                configs.lookup(path)
                        .orElseThrow(
                                () ->
                                        new EvergateException(
                                                ErrorCode.INVALID_REQUEST,
                                                "config schema path not found"));
        call.answer(out -> out.writePOJO(found));
    }

    private void history(Call call) {
        int limit =
                (int)
                        call.params()
                                .optionalInteger("limit", 1, HISTORY_MAX)
                                .orElse(HISTORY_DEFAULT);
        List<JsonNode> entries = configs.history(limit);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("entries");
                    entries.forEach(out::writePOJO);
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void diff(Call call) {
        Params params = call.params();
        OptionalLong to = params.optionalInteger("to", 1, Long.MAX_VALUE);
        JsonNode diff = configs.diff(params.integer("from", 1), to);
        call.answer(out -> out.writePOJO(diff));
    }

    /** What OpenClaw keeps about a change, to tell whoever made it after a restart. */
    private record Sentinel(String kind, String mode, Optional<String> note) {}

    private void answer(Call call, Outcome outcome, Optional<Sentinel> sentinel) {
        switch (outcome) {
            case Outcome.Done done -> call.answer(out -> write(out, done, sentinel));
            case Outcome.Refused(var message, var issues) -> {
                WireError error = WireError.invalid(message);
                call.fail(
                        issues.isEmpty()
                                ? error
                                : error.with(
                                        "issues",
                                        issues.stream().map(ConfigMethods::issue).toList()));
            }
        }
    }

    private static Map<String, String> issue(ConfigProblem problem) {
        Map<String, String> issue = new LinkedHashMap<>();
        issue.put("path", problem.path());
        issue.put("message", problem.message());
        return issue;
    }

    private void write(JsonGenerator out, Outcome.Done done, Optional<Sentinel> sentinel) {
        out.writeStartObject();
        out.writeBooleanProperty("ok", true);
        out.writeStringProperty("path", done.path());
        out.writeStringProperty("hash", done.hash());
        out.writeName("config");
        out.writePOJO(done.config());
        if (sentinel.isPresent()) {
            out.writeArrayPropertyStart("changedPaths");
            done.changedPaths().forEach(out::writeString);
            out.writeEndArray();
        }
        done.restart().ifPresent(restart -> restart(out, restart));
        sentinel.ifPresent(kept -> sentinel(out, done, kept));
        out.writeEndObject();
    }

    private static void restart(JsonGenerator out, Configs.Restart restart) {
        out.writeObjectPropertyStart("restart");
        out.writeBooleanProperty("ok", true);
        out.writeNumberProperty("pid", restart.pid());
        out.writeStringProperty("signal", "SIGUSR2");
        out.writeNumberProperty("delayMs", restart.delayMs());
        out.writeStringProperty("reason", restart.reason());
        out.writeStringProperty("mode", "emit");
        out.writeBooleanProperty("coalesced", false);
        out.writeNumberProperty("cooldownMsApplied", 0);
        out.writeBooleanProperty("emitHooksQueued", false);
        out.writeEndObject();
    }

    private void sentinel(JsonGenerator out, Outcome.Done done, Sentinel kept) {
        out.writeObjectPropertyStart("sentinel");
        out.writeBooleanProperty("persisted", true);
        out.writeObjectPropertyStart("payload");
        out.writeStringProperty("kind", kept.kind());
        out.writeStringProperty("status", "ok");
        out.writeNumberProperty("ts", services.nowMs());
        out.writeStringProperty("message", kept.note().orElse(null));
        out.writeObjectPropertyStart("stats");
        out.writeStringProperty("mode", kept.mode());
        out.writeStringProperty("root", done.path());
        out.writeBooleanProperty("requiresRestart", done.restart().isPresent());
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }
}
