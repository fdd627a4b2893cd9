package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.concurrent.Callable;

/** {@code evergate devices invite}. */
@Command(
        name = "invite",
        description =
                "Make a setup code: it lets one device in from anywhere, once, for ten minutes. The code is"
                        + " printed alone on standard output; whoever has it first gets in.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate devices invite --public-url wss://gateway.example",
            "  evergate devices invite --node --json",
            "  evergate devices invite --revoke 0197c0de-77aa-7000-8000-000000000001"
        })
final class DeviceInviteCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description =
                    "Where the device reaches the gateway (default: the address it is bound to).")
    private String publicUrl = "";

    @Option(
            names = "--node",
            description = "It may be a node and nothing else (default: also chat as you do).")
    private boolean isForNode;

    @Option(
            names = "--revoke",
            paramLabel = "SETUP",
            description = "Take a code back instead; the device it has let in stays.")
    private String revoked = "";

    DeviceInviteCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var desk = new DeviceDesk(surroundings, options);
        if (!revoked.isBlank()) {
            ObjectNode params = Json.object().put("setupId", revoked.strip());
            return desk.done(desk.ask("device.pair.setupRevoke", params), "The code is void.");
        }
        ObjectNode params = Json.object();
        if (!publicUrl.isBlank()) {
            params.put("publicUrl", publicUrl.strip());
        }
        if (isForNode) {
            params.put("bootstrapProfile", "node");
        }
        return tell(desk.ask("device.pair.setupCode", params));
    }

    private int tell(JsonNode made) {
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(made));
            return ExitCode.OK.code();
        }
        output.line(Output.harmless(made.path("setupCode").asString("")));
        long leftMs = made.path("expiresAtMs").asLong(0) - surroundings.world().time().wallMillis();
        String id = Output.harmless(made.path("setupId").asString("?"));
        output.note(
                "For one device at %s, for %s."
                        .formatted(
                                Output.harmless(made.path("gatewayUrl").asString("?")),
                                Ages.coarse(Math.max(0, leftMs))));
        output.note("To take it back: evergate devices invite --revoke " + id);
        return ExitCode.OK.code();
    }
}
