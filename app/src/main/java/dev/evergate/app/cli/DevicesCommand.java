package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate devices} and {@code evergate devices list}. */
@Command(
        name = "list",
        description = "Devices that wait to be let in, and those that are paired.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate devices list", "  evergate devices list --json"})
final class DevicesCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    DevicesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode listing = new DeviceDesk(surroundings, options).list();
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(listing));
            return ExitCode.OK.code();
        }
        long nowMs = surroundings.world().time().wallMillis();
        JsonNode waiting = listing.path("pending");
        JsonNode paired = listing.path("paired");
        if (!waiting.isEmpty()) {
            DeviceView.waiting(waiting, output, nowMs).lines().forEach(output::line);
            String first = Output.harmless(waiting.path(0).path("requestId").asString("?"));
            output.note("Let one in: evergate devices approve " + first);
        }
        if (!paired.isEmpty()) {
            DeviceView.paired(paired, output, nowMs).lines().forEach(output::line);
        } else if (waiting.isEmpty()) {
            output.line("No device is paired, and none waits to be.");
        }
        return ExitCode.OK.code();
    }
}
