package dev.evergate.app.cli;

import dev.evergate.app.cli.Discovery.Finding;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.app.cli.service.ServiceState;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate gateway status}: is it there, who keeps it, what its service says. */
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
        var desk = new ServiceDesk(surroundings.services());
        Optional<Installed> installed =
                options.given().url().isEmpty()
                        ? desk.find(Optional.empty(), client.stateDirectory().root())
                        : Optional.empty(); // another machine's gateway has another's service
        Optional<ServiceState> service = installed.map(found -> desk.state(found.manager()));
        ObjectNode gateway;
        ExitCode exit;
        try {
            if (client.find() instanceof Finding.Starting(var owner)) {
                gateway = GatewayView.json(owner);
                exit = ExitCode.NOT_REACHABLE;
            } else {
                gateway = ask(client);
                exit = ExitCode.OK;
            }
        } catch (CommandFailure failure) {
            if (service.isEmpty()) {
                throw failure;
            }
            return failed(failure, installed, service);
        }
        show(gateway, installed, service);
        return exit.code();
    }

    private ObjectNode ask(GatewayClient client) {
        var deadline = surroundings.world().time().deadlineIn(timeout.toMillis());
        try (var connection = client.connect(Scope.READ, deadline, false)) {
            var owner = client.owner(connection);
            return GatewayView.json(connection.address(), connection.hello(), owner);
        }
    }

    private void show(
            ObjectNode gateway, Optional<Installed> installed, Optional<ServiceState> service) {
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode tree = Json.object().put("ok", true);
            tree.set("gateway", gateway);
            tree.set("service", ServiceReport.json(installed, service));
            output.line(Json.pretty(tree));
        } else {
            long nowMs = surroundings.world().time().wallMillis();
            Table table = GatewayView.table(gateway, output, nowMs);
            installed.ifPresent(
                    found -> service.ifPresent(state -> ServiceReport.row(table, found, state)));
            table.lines().forEach(output::line);
        }
    }

    /** A gateway that does not answer has a service that may say why. */
    private int failed(
            CommandFailure failure, Optional<Installed> installed, Optional<ServiceState> service) {
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode tree = Json.failure(failure);
            tree.set("service", ServiceReport.json(installed, service));
            output.line(Json.pretty(tree));
            return failure.exit().code();
        }
        var table = new Table();
        installed.ifPresent(
                found -> service.ifPresent(state -> ServiceReport.row(table, found, state)));
        table.lines().forEach(output::line);
        output.note(failure.text());
        boolean isDown = failure.code().equals("NOT_RUNNING");
        output.note(isDown ? "Start it with: evergate gateway start" : failure.help());
        return failure.exit().code();
    }
}
