package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.concurrent.Callable;

/** {@code evergate config validate}. */
@Command(
        name = "validate",
        description = "Say what is wrong with the configuration; exit 78 if something is.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config validate", "  evergate config validate --json"})
final class ConfigValidateCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    ConfigValidateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode document;
        try (var configuration = options.open(surroundings, Scope.READ)) {
            document = configuration.ask("config.get", Json.object());
        }
        JsonNode issues = document.path("issues");
        JsonNode warnings = document.path("warnings");
        boolean isValid = document.path("valid").asBoolean(false) && issues.isEmpty();
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode tree = Json.object().put("ok", isValid);
            tree.set("path", document.path("path"));
            tree.set("issues", issues);
            tree.set("warnings", warnings);
            output.line(Json.pretty(tree));
        } else {
            show(output, Output.Tone.BAD, issues);
            show(output, Output.Tone.WARNING, warnings);
            String path = document.path("path").asString("");
            output.line(
                    isValid
                            ? path + (warnings.isEmpty() ? " is fine." : " can be used.")
                            : path + " is not all in force: correct what is named above.");
        }
        return (isValid ? ExitCode.OK : ExitCode.DO_NOT_RETRY).code();
    }

    private static void show(Output output, Output.Tone tone, JsonNode problems) {
        for (JsonNode problem : problems) {
            String path = problem.path("path").asString("");
            String message = Output.harmless(problem.path("message").asString(""));
            output.line(path.isEmpty() ? message : output.toned(tone, path) + ": " + message);
        }
    }
}
