package dev.evergate.app.cli;

import dev.evergate.app.cli.config.HistoryView;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code evergate config diff}. */
@Command(
        name = "diff",
        description = "What is different between two configurations; secrets are hidden.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate config diff 17", "  evergate config diff 17 18"})
final class ConfigDiffCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Parameters(index = "0", paramLabel = "FROM", description = "Of evergate config history.")
    private long from;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TO",
            description = "Of evergate config history (default: what is in force).")
    private long to;

    ConfigDiffCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ObjectNode params = Json.object().put("from", from);
        if (to > 0) {
            params.put("to", to);
        }
        JsonNode diff;
        try (var configuration = options.open(surroundings, Scope.READ)) {
            diff = configuration.ask("config.diff", params);
        }
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(diff));
            return ExitCode.OK.code();
        }
        List<String> lines = HistoryView.differences(diff, output);
        lines.forEach(output::line);
        if (lines.isEmpty()) {
            output.line("Nothing is different.");
        }
        return ExitCode.OK.code();
    }
}
