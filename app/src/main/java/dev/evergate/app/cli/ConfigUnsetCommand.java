package dev.evergate.app.cli;

import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate config unset}. */
@Command(
        name = "unset",
        description = "Take a value away, so that its default holds again.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate config unset gateway.port",
            "  evergate config unset 'models.providers[\"my.own\"]'"
        })
final class ConfigUnsetCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(paramLabel = "PATH", description = "Such as gateway.port.")
    private String path = "";

    @Option(names = "--force", description = "Also if most of the configuration goes.")
    private boolean isForced;

    ConfigUnsetCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ConfigPath meant = ConfigOptions.path(path);
        try (var configuration = options.open(surroundings, Scope.ADMIN)) {
            new ConfigEdit(surroundings, configuration, options.isJson())
                    .put(meant, Optional.empty(), isForced);
        }
        return ExitCode.OK.code();
    }
}
