package dev.evergate.app.cli;

import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.config.ConfigAtRest;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Terms;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The configuration while no gateway runs, asked as a gateway is asked. Used by one thread. */
final class ConfigShelf implements Configuration {
    private final ConfigAtRest files;
    private Optional<String> plan = Optional.empty();

    ConfigShelf(ConfigAtRest files) {
        this.files = files;
    }

    @Override
    public JsonNode ask(String method, ObjectNode params) {
        try {
            return switch (method) {
                case "config.get" -> files.document();
                case "config.patch" -> changed(patch(params), params);
                case "config.undo" -> changed(new Edit.Undo(number(params, "number")), params);
                case "config.history" -> history(params.path("limit").asInt());
                case "config.diff" ->
                        files.diff(params.path("from").asLong(), number(params, "to"));
                case "config.schema" -> files.schema();
                case "config.schema.lookup" -> lookup(params.path("path").asString());
                default -> throw new IllegalArgumentException(method);
            };
        } catch (EvergateException failure) {
            throw new CommandFailure(
                    failure.code() == ErrorCode.STATE_UNUSABLE
                            ? ExitCode.STATE_UNUSABLE
                            : ExitCode.UNEXPECTED,
                    failure.code().name(),
                    Failures.sentence(failure.getMessage()),
                    "");
        }
    }

    private static Edit patch(ObjectNode params) {
        Set<String> replaced = new LinkedHashSet<>();
        params.path("replacePaths").forEach(path -> replaced.add(path.asString()));
        return new Edit.Patch(params.path("raw").asString(), replaced);
    }

    private static OptionalLong number(ObjectNode params, String name) {
        return params.has(name)
                ? OptionalLong.of(params.path(name).asLong())
                : OptionalLong.empty();
    }

    private JsonNode changed(Edit edit, ObjectNode params) {
        var terms =
                new Terms(
                        Optional.of(params.path("baseHash").asString()),
                        params.path("force").asBoolean(false),
                        OptionalLong.empty(),
                        "cli");
        return switch (files.change(edit, terms)) {
            case Outcome.Done done -> {
                if (!done.changedPaths().isEmpty()) {
                    plan =
                            Optional.of(
                                    "%s: in force when the gateway starts"
                                            .formatted(String.join(", ", done.changedPaths())));
                }
                ObjectNode answer = Json.object().put("ok", true);
                answer.put("path", done.path()).put("hash", done.hash());
                answer.set("config", done.config());
                done.changedPaths().forEach(answer.putArray("changedPaths")::add);
                yield answer;
            }
            case Outcome.Refused(var message, var issues) -> throw refused(message, issues);
        };
    }

    private static CommandFailure refused(String message, List<ConfigProblem> issues) {
        return issues.isEmpty()
                ? new CommandFailure(
                        ExitCode.UNEXPECTED, "INVALID_REQUEST", Failures.sentence(message), "")
                : Failures.refused(issues.stream().map(ConfigProblem::toString).toList());
    }

    private JsonNode history(int limit) {
        ObjectNode answer = Json.object();
        files.history(limit).forEach(answer.putArray("entries")::add);
        return answer;
    }

    private JsonNode lookup(String path) {
        return files.lookup(path)
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.UNEXPECTED,
                                        "INVALID_REQUEST",
                                        "Config schema path not found.",
                                        ""));
    }

    @Override
    public Optional<String> plan() {
        return plan;
    }

    @Override
    public void close() {}
}
