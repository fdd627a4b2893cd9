package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.app.cli.wire.GatewayConnection;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.time.Deadline;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code evergate status}: one screen. */
@Command(
        name = "status",
        description = "One screen: gateway, model, sessions, problems.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate status", "  evergate status --json"})
final class StatusCommand implements Callable<Integer> {
    private static final int RECENT_MAX = 5;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait (default: 10s).")
    private Duration timeout = Duration.ofSeconds(10);

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var client = new GatewayClient(surroundings, options);
        var deadline = surroundings.world().time().deadlineIn(timeout.toMillis());
        try (var connection = client.connect(Scope.READ, deadline, false)) {
            JsonNode hello = connection.hello();
            JsonNode status =
                    GatewayClient.payload(connection.ask("status", Json.object(), deadline));
            JsonNode sessions =
                    GatewayClient.payload(
                            connection.ask(
                                    "sessions.list",
                                    Json.object().put("limit", RECENT_MAX),
                                    deadline));
            Optional<JsonNode> restart = lastRestart(connection, deadline);
            Optional<Owner> owner = client.owner(connection);
            ObjectNode gateway = GatewayView.json(connection.address(), hello, owner);
            if (options.isJson()) {
                ObjectNode tree = Json.object().put("ok", true).set("gateway", gateway);
                tree.set("status", status);
                tree.set("sessions", sessions);
                restart.ifPresent(report -> tree.set("lastRestart", report));
                surroundings.output().line(Json.pretty(tree));
            } else {
                show(gateway, status, sessions, restart);
            }
            return ExitCode.OK.code();
        } catch (IOException lost) {
            throw GatewayClient.lost(lost);
        }
    }

    /** Empty if there was none, or the gateway is of a release that does not say. */
    private static Optional<JsonNode> lastRestart(GatewayConnection connection, Deadline deadline)
            throws IOException {
        return connection.ask("restarts.list", Json.object().put("limit", 1), deadline)
                        instanceof GatewayConnection.Answer.Done(var payload)
                ? payload.path("restarts").valueStream().findFirst()
                : Optional.empty();
    }

    private void show(
            ObjectNode gateway, JsonNode status, JsonNode sessions, Optional<JsonNode> restart) {
        Output output = surroundings.output();
        long nowMs = surroundings.world().time().wallMillis();
        Table table = GatewayView.table(gateway, output, nowMs);
        table.row("Model", model(status, sessions));
        table.row("Config", config(status));
        table.row(
                "Sessions",
                sessions.path("totalCount").asString(sessions.path("count").asString("0")));
        restart.ifPresent(report -> table.row("Restart", RestartView.brief(report, output, nowMs)));
        table.lines().forEach(output::line);
        Set<String> problems = problems(status);
        if (!problems.isEmpty()) {
            output.line("");
            output.line(output.toned(Output.Tone.WARNING, "Problems"));
            problems.forEach(problem -> output.line("  " + Output.harmless(problem)));
        }
        if (!sessions.path("sessions").isEmpty()) {
            output.line("");
            SessionsCommand.table(sessions, output, nowMs).lines().forEach(output::line);
        }
    }

    /** What is wrong, once each; that there is no model is told where the model stands. */
    private static Set<String> problems(JsonNode status) {
        JsonNode gateway = status.path("gateway");
        Set<String> problems = new LinkedHashSet<>();
        gateway.path("failing").forEach(proof -> problems.add("failing: " + proof.asString("")));
        gateway.path("notices").forEach(notice -> problems.add(notice.asString("")));
        problems.remove("no-model");
        problems.removeIf(StatusCommand::isProbation);
        return problems;
    }

    private static String config(JsonNode status) {
        String number = status.path("config").path("number").asString("unknown");
        return status.path("gateway")
                .path("notices")
                .valueStream()
                .map(notice -> notice.asString(""))
                .filter(StatusCommand::isProbation)
                .findFirst()
                .map(plan -> number + ", on probation: " + plan.substring(plan.indexOf(": ") + 2))
                .orElse(number);
    }

    /** Whether a notice tells of a change that may still be taken back. */
    private static boolean isProbation(String notice) {
        return notice.startsWith("config ") && notice.contains(": ");
    }

    private static String model(JsonNode status, JsonNode sessions) {
        JsonNode defaults = sessions.path("defaults");
        String model =
                defaults.path("model")
                        .asString(
                                status.path("sessions")
                                        .path("defaults")
                                        .path("model")
                                        .asString(""));
        String provider = defaults.path("modelProvider").asString("");
        if (model.isEmpty()) {
            return "none yet: messages get a card that tells how to set one";
        }
        return provider.isEmpty() || model.startsWith(provider + "/")
                ? model
                : provider + "/" + model;
    }
}
