package dev.evergate.app.cli;

import dev.evergate.app.cli.config.SchemaView;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate config schema}. */
@Command(
        name = "schema",
        description = "What a key may hold, what it means, and what a change of it takes.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config schema gateway.auth", "  evergate config schema --json"})
final class ConfigSchemaCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "Such as gateway.auth (default: all of it, as JSON Schema).")
    private String path = "";

    ConfigSchemaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Output output = surroundings.output();
        try (var configuration = options.open(surroundings, Scope.READ)) {
            if (path.isEmpty()) {
                JsonNode all = configuration.ask("config.schema", Json.object());
                output.line(Json.pretty(options.isJson() ? all : all.path("schema")));
                return ExitCode.OK.code();
            }
            JsonNode found =
                    configuration.ask("config.schema.lookup", Json.object().put("path", path));
            if (options.isJson()) {
                output.line(Json.pretty(found));
            } else {
                SchemaView.lines(found, output).forEach(output::line);
            }
        }
        return ExitCode.OK.code();
    }
}
