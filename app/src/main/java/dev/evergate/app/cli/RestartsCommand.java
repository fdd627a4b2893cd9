package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code evergate restarts} and {@code evergate restarts list}. */
@Command(
        name = "list",
        description = "Restarts of the gateway, the newest first.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate restarts", "  evergate restarts list --limit 5 --json"})
final class RestartsCommand implements Callable<Integer> {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LIMIT_MAX = 200;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many, 1 to 200 (default: 10).")
    private int limit = 10;

    RestartsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode listing =
                new GatewayClient(surroundings, options)
                        .ask(
                                "restarts.list",
                                Json.object().put("limit", Math.clamp(limit, 1, LIMIT_MAX)),
                                PATIENCE);
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(listing));
        } else if (listing.path("restarts").isEmpty()) {
            output.line("No restart yet. Ask for one with: evergate gateway restart --wait");
        } else {
            long nowMs = surroundings.world().time().wallMillis();
            RestartView.table(listing.path("restarts"), output, nowMs)
                    .lines()
                    .forEach(output::line);
            output.note("One of them whole: evergate restarts show GENERATION");
        }
        return ExitCode.OK.code();
    }
}
