package dev.evergate.app.cli;

import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate config set}. */
@Command(
        name = "set",
        description = "Set a value; it is in force before the command returns.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate config set agents.defaults.model.primary local/qwen3",
            "  pass show bot | evergate config set channels.telegram.botToken -"
        })
final class ConfigSetCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(index = "0", paramLabel = "PATH", description = "Such as gateway.port.")
    private String path = "";

    @Parameters(
            index = "1",
            paramLabel = "VALUE",
            description =
                    "JSON5 or plain text; - reads it from standard input, which keeps secrets out"
                            + " of the shell's history.")
    private String value = "";

    @Option(names = "--text", description = "Take VALUE as text, also if it looks like a number.")
    private boolean isText;

    @Option(names = "--force", description = "Also if most of the configuration goes.")
    private boolean isForced;

    ConfigSetCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigPath meant = ConfigOptions.path(path);
        JsonNode parsed = parsed(value.equals("-") ? ConfigOptions.piped(surroundings) : value);
        try (var configuration = options.open(surroundings, Scope.ADMIN)) {
            new ConfigEdit(surroundings, configuration, options.isJson())
                    .put(meant, Optional.of(parsed), isForced);
        }
        return ExitCode.OK.code();
    }

    private JsonNode parsed(String text) {
        if (isText) {
            return StringNode.valueOf(text);
        }
        try {
            JsonNode parsed = Json5Text.value(text);
            if (!parsed.isNull()) {
                return parsed;
            }
        } catch (Json5Exception malformed) {
            // Whoever begins like this means no plain text.
            if (text.isBlank() || "{['\"".indexOf(text.strip().charAt(0)) < 0) {
                return StringNode.valueOf(text);
            }
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "BAD_VALUE",
                    "The value is not JSON5: " + malformed.getMessage() + ".",
                    "If it is meant as text: --text");
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "BAD_VALUE",
                "null is no value.",
                "To take a value away: evergate config unset " + path);
    }
}
