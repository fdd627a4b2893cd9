package dev.evergate.app.cli;

import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ObjectNode;

import java.util.concurrent.Callable;

/** {@code evergate config undo}. */
@Command(
        name = "undo",
        description = "Go back to the configuration before, or to any that is kept.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config undo", "  evergate config undo 17"})
final class ConfigUndoCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "NUMBER",
            description = "Of evergate config history (default: the one before).")
    private long number;

    @Option(names = "--force", description = "Also if most of the configuration goes.")
    private boolean isForced;

    ConfigUndoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ObjectNode params = Json.object();
        if (number > 0) {
            params.put("number", number);
        }
        try (var configuration = options.open(surroundings, Scope.ADMIN)) {
            new ConfigEdit(surroundings, configuration, options.isJson())
                    .changeLatest("config.undo", params, isForced);
        }
        return ExitCode.OK.code();
    }
}
