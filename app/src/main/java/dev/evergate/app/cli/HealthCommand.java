package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code evergate health}. */
@Command(
        name = "health",
        description = "Ask the gateway whether it is well.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate health", "  evergate health --json --timeout 2s"})
final class HealthCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait (default: 10s).")
    private Duration timeout = Duration.ofSeconds(10);

    HealthCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        long asked = surroundings.world().time().nanos();
        JsonNode health =
                new GatewayClient(surroundings, options).ask("health", Json.object(), timeout);
        long tookMs = (surroundings.world().time().nanos() - asked) / 1_000_000;
        boolean isWell = health.path("ok").asBoolean(false);
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(health));
        } else {
            lines(health, isWell, tookMs).forEach(output::line);
        }
        return (isWell ? ExitCode.OK : ExitCode.UNEXPECTED).code();
    }

    private List<String> lines(JsonNode health, boolean isWell, long tookMs) {
        Output output = surroundings.output();
        String verdict =
                isWell
                        ? output.toned(Output.Tone.GOOD, "ok")
                        : output.toned(Output.Tone.BAD, "not ok");
        JsonNode sessions = health.path("sessions");
        long nowMs = surroundings.world().time().wallMillis();
        long newestMs = sessions.path("recent").path(0).path("updatedAt").asLong(0);
        return new Table()
                .row("Gateway", verdict + " (" + tookMs + " ms)")
                .row("Agents", orNone(agents(health)))
                .row("Channels", orNone(channels(health)))
                .row(
                        "Sessions",
                        sessions.path("count").asLong(0)
                                + (newestMs > 0 ? ", newest " + Ages.ago(newestMs, nowMs) : ""))
                .lines();
    }

    private static List<String> agents(JsonNode health) {
        List<String> names = new ArrayList<>();
        for (JsonNode agent : health.path("agents")) {
            boolean isDefault = agent.path("isDefault").asBoolean(false);
            names.add(agent.path("agentId").asString("?") + (isDefault ? " (default)" : ""));
        }
        return names;
    }

    private static List<String> channels(JsonNode health) {
        List<String> names = new ArrayList<>();
        for (JsonNode id : health.path("channelOrder")) {
            names.add(health.path("channelLabels").path(id.asString("")).asString(id.asString("")));
        }
        return names;
    }

    private static String orNone(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
