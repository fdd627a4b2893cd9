package dev.evergate.app.cli;

import dev.evergate.app.cli.Discovery.Finding;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code evergate gateway status}: is it there, who keeps it, does it let us in. */
@Command(
        name = "status",
        description = "Whether a gateway runs here, since when, and whether it answers.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway status", "  evergate gateway status --json"})
final class GatewayStatusCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait (default: 3s).")
    private Duration timeout = Duration.ofSeconds(3);

    GatewayStatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var client = new GatewayClient(surroundings, options);
        var time = surroundings.world().time();
        if (client.find() instanceof Finding.Starting(var owner)) {
            show(GatewayView.json(owner));
            return ExitCode.NOT_REACHABLE.code();
        }
        var deadline = time.deadlineIn(timeout.toMillis());
        try (var connection = client.connect(Scope.READ, deadline, false)) {
            var owner = client.owner(connection);
            show(GatewayView.json(connection.address(), connection.hello(), owner));
            return ExitCode.OK.code();
        }
    }

    private void show(ObjectNode gateway) {
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(Json.object().put("ok", true).set("gateway", gateway)));
        } else {
            long nowMs = surroundings.world().time().wallMillis();
            GatewayView.table(gateway, output, nowMs).lines().forEach(output::line);
        }
    }
}
