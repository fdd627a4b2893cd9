package dev.evergate.app.cli;

import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code evergate config patch}. */
@Command(
        name = "patch",
        description = "Change several values at once: all of them, or none.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate config patch \"{logging: {level: 'debug'}, gateway: {port: null}}\"",
            "  evergate config patch - < change.json5"
        })
final class ConfigPatchCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(
            paramLabel = "PATCH",
            description =
                    "JSON5: objects are merged, null takes a value away; - reads it from standard"
                            + " input.")
    private String patch = "";

    @Option(
            names = "--replace",
            paramLabel = "PATH",
            description = "Do not merge what stands here, but replace it; can be given again.")
    private List<String> replaced = List.of();

    @Option(names = "--force", description = "Also if most of the configuration goes.")
    private boolean isForced;

    ConfigPatchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        String raw = patch.equals("-") ? ConfigOptions.piped(surroundings) : patch;
        try {
            Json5Text.parse(raw);
        } catch (Json5Exception malformed) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "BAD_PATCH",
                    "The patch is no object in JSON5: " + malformed.getMessage() + ".",
                    "");
        }
        replaced.forEach(ConfigOptions::path);
        try (var configuration = options.open(surroundings, Scope.ADMIN)) {
            ObjectNode params = Json.object().put("raw", raw);
            if (!replaced.isEmpty()) {
                replaced.forEach(params.putArray("replacePaths")::add);
            }
            new ConfigEdit(surroundings, configuration, options.isJson())
                    .changeLatest("config.patch", params, isForced);
        }
        return ExitCode.OK.code();
    }
}
