package dev.evergate.app.cli;

import dev.evergate.app.cli.config.Configuration;
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
            JsonNode inForce = meant.find(document.path("config"));
            if (!written.isMissingNode()) {
                show(meant, written, "");
            } else if (!inForce.isMissingNode()) {
                show(
                        meant,
                        inForce,
                        "Not in the file: a flag, the environment or the last good one.");
            } else {
                show(meant, standard(configuration, document), "Not in the file: the default.");
            }
        }
        return ExitCode.OK.code();
    }

    /** The default of a key that nothing is said of. */
    private JsonNode standard(Configuration configuration, JsonNode document) {
        JsonNode found;
        try {
            found = configuration.ask("config.schema.lookup", Json.object().put("path", path));
        } catch (CommandFailure failure) {
            if (!failure.code().equals("INVALID_REQUEST")) {
                throw failure;
            }
            throw notSet(
                    "There is no key " + path + ".", "What there is: evergate config schema .");
        }
        JsonNode standard = found.path("schema").path("default");
        if (standard.isMissingNode()) {
            throw notSet(
                    "%s is not set in %s.".formatted(path, document.path("path").asString("")),
                    "What it may hold: evergate config schema " + path);
        }
        return standard;
    }

    private static CommandFailure notSet(String what, String help) {
        return new CommandFailure(ExitCode.UNEXPECTED, "NOT_SET", what, help);
    }

    /**
     * @param source empty if the file says it
     */
    private void show(ConfigPath meant, JsonNode value, String source) {
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode tree = Json.object().put("ok", true).put("path", meant.toString());
            tree.put("written", source.isEmpty()).set("value", value);
            output.line(Json.pretty(tree));
            return;
        }
        output.line(value.isContainer() ? Json.pretty(value) : value.asString());
        if (!source.isEmpty()) {
            output.note(source);
        }
    }
}
