package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.concurrent.Callable;

/** {@code evergate config get}. */
@Command(
        name = "get",
        description = "Show what the configuration says; secrets are hidden.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config get", "  evergate config get gateway.port --json"})
final class ConfigGetCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "Such as gateway.port (default: everything).")
    private String path = "";

    ConfigGetCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigPath meant = path.isEmpty() ? ConfigPath.ROOT : ConfigOptions.path(path);
        try (var configuration = options.open(surroundings, Scope.READ)) {
            JsonNode document = configuration.ask("config.get", Json.object());
            JsonNode written = meant.find(document.path("parsed"));
            boolean isWritten = !written.isMissingNode();
            JsonNode value = isWritten ? written : meant.find(document.path("config"));
            if (value.isMissingNode()) {
                throw new CommandFailure(
                        ExitCode.UNEXPECTED,
                        "NOT_SET",
                        "%s is not set in %s.".formatted(meant, document.path("path").asString("")),
                        "What it may hold: evergate config schema " + meant);
            }
            show(meant, value, isWritten);
        }
        return ExitCode.OK.code();
    }

    private void show(ConfigPath meant, JsonNode value, boolean isWritten) {
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode tree = Json.object().put("ok", true).put("path", meant.toString());
            tree.put("written", isWritten).set("value", value);
            output.line(Json.pretty(tree));
            return;
        }
        output.line(value.isContainer() ? Json.pretty(value) : value.asString());
        if (!isWritten) {
            output.note("The file does not say it: this is the default.");
        }
    }
}
