package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate restarts show}. */
@Command(
        name = "show",
        description = "All about one restart: its cause, steps, what moved, who was late.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate restarts show 42", "  evergate restarts show 42 --json"})
final class RestartShowCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(
            paramLabel = "GENERATION",
            description = "The generation it went to, as evergate restarts lists it.")
    private long generation;

    RestartShowCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (generation < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "BAD_ARGUMENTS",
                    "GENERATION " + generation + " (expected: 1 or more).",
                    "See: evergate restarts");
        }
        JsonNode report =
                new GatewayClient(surroundings, options)
                        .ask(
                                "restarts.get",
                                Json.object().put("generation", generation),
                                RestartsCommand.PATIENCE)
                        .path("restart");
        if (!report.isObject()) {
            throw new CommandFailure(
                    ExitCode.UNEXPECTED,
                    "NO_SUCH_RESTART",
                    "No restart to generation " + generation + " is known.",
                    "Those that are: evergate restarts");
        }
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(report));
        } else {
            long nowMs = surroundings.world().time().wallMillis();
            RestartView.lines(report, output, nowMs).forEach(output::line);
        }
        return ExitCode.OK.code();
    }
}
