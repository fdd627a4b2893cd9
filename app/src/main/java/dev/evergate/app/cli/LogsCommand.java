package dev.evergate.app.cli;

import dev.evergate.app.cli.text.LogLine;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code evergate logs}: what the gateway logged; without a gateway, what lies in its files. */
@Command(
        name = "logs",
        description = "Show what the gateway logged.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate logs --limit 50", "  evergate logs --follow"})
final class LogsCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long RETURN_MS = 10 * 60_000;
    private static final long POLL_MS = 1_000;
    private static final int LIMIT_MAX = 5_000;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what comes, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many lines, 1 to 5000 (default: 200).")
    private int limit = 200;

    LogsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var client = new GatewayClient(surroundings, options);
        var params = Json.object().put("limit", Math.clamp(limit, 1, LIMIT_MAX));
        if (follow) {
            return follow(client, params);
        }
        JsonNode tail;
        try {
            tail = client.ask("logs.tail", params, TIMEOUT);
        } catch (CommandFailure failure) {
            if (!failure.code().equals("NOT_RUNNING") && !failure.code().equals("NOT_SERVING")) {
                throw failure;
            }
            var lines =
                    LogFiles.tail(client.stateDirectory().logs(), Math.clamp(limit, 1, LIMIT_MAX));
            if (lines.isEmpty()) {
                throw failure;
            }
            surroundings.output().note(failure.text() + " These are its last lines:");
            lines.forEach(this::show);
            return ExitCode.OK.code();
        }
        show(tail);
        return ExitCode.OK.code();
    }

    private int follow(GatewayClient client, ObjectNode params) {
        var time = surroundings.world().time();
        boolean isRepeated = false;
        while (true) {
            long patienceMs = isRepeated ? RETURN_MS : TIMEOUT.toMillis();
            try (var connection =
                    client.connect(Scope.READ, time.deadlineIn(patienceMs), isRepeated)) {
                while (true) {
                    var answer =
                            connection.ask(
                                    "logs.tail", params, time.deadlineIn(TIMEOUT.toMillis()));
                    JsonNode tail = GatewayClient.payload(answer);
                    show(tail);
                    params.set("cursor", tail.path("cursor"));
                    params.put("limit", LIMIT_MAX);
                    connection.listen(time.deadlineIn(POLL_MS));
                }
            } catch (IOException lost) {
                isRepeated = true;
                surroundings.output().note("(connection lost; waiting for the gateway)");
            }
        }
    }

    private void show(JsonNode tail) {
        for (JsonNode line : tail.path("lines")) {
            show(line.asString(""));
        }
    }

    private void show(String line) {
        surroundings
                .output()
                .line(options.isJson() ? line : LogLine.of(line, surroundings.output()));
    }
}
