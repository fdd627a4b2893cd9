package dev.evergate.app.cli;

import dev.evergate.app.cli.config.HistoryView;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate config history}. */
@Command(
        name = "history",
        description = "Configurations that were, the newest first.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config history", "  evergate config history --limit 5 --json"})
final class ConfigHistoryCommand implements Callable<Integer> {
    private static final int LIMIT_MAX = 200;

    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many, 1 to 200 (default: 20).")
    private int limit = 20;

    ConfigHistoryCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode history;
        try (var configuration = options.open(surroundings, Scope.READ)) {
            history =
                    configuration.ask(
                            "config.history",
                            Json.object().put("limit", Math.clamp(limit, 1, LIMIT_MAX)));
        }
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(history));
        } else if (history.path("entries").isEmpty()) {
            output.line("No configuration was in force yet. Start with: evergate gateway run");
        } else {
            long nowMs = surroundings.world().time().wallMillis();
            HistoryView.table(history.path("entries"), output, nowMs).lines().forEach(output::line);
            output.note("What was different: evergate config diff NUMBER NUMBER");
        }
        return ExitCode.OK.code();
    }
}
