package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.app.cli.wire.GatewayAddress;
import dev.evergate.keeper.link.Owner;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/** What a gateway and its keeper say about themselves, in one shape for people and scripts. */
final class GatewayView {
    private GatewayView() {}

    /**
     * The stable fields of {@code gateway} in {@code status --json}; those not known are left out.
     */
    static ObjectNode json(GatewayAddress address, JsonNode hello, Optional<Owner> owner) {
        ObjectNode tree = Json.object().put("url", address.url().toString());
        tree.put("reachable", true);
        JsonNode server = hello.path("server");
        tree.put("version", server.path("version").asString("unknown"));
        tree.put("uptimeMs", hello.path("snapshot").path("uptimeMs").asLong(0));
        String method = hello.path("auth").path("method").asString("");
        if (!method.isEmpty()) {
            tree.put("auth", method);
        }
        owner.ifPresent(known -> addKeeper(tree, known));
        return tree;
    }

    /** The same for a gateway that does not answer. */
    static ObjectNode json(Owner owner) {
        ObjectNode tree = Json.object().put("reachable", false).put("version", owner.version());
        addKeeper(tree, owner);
        return tree;
    }

    /** The same as lines. */
    static Table table(ObjectNode gateway, Output output, long nowMs) {
        boolean isReachable = gateway.path("reachable").asBoolean(false);
        String phase = gateway.path("phase").asString(isReachable ? "serving" : "not serving");
        Output.Tone tone = isReachable ? Output.Tone.GOOD : Output.Tone.WARNING;
        var table = new Table();
        table.row(
                "Gateway",
                "Evergate "
                        + gateway.path("version").asString("")
                        + ", "
                        + output.toned(tone, phase));
        if (gateway.has("url")) {
            table.row("Address", gateway.path("url").asString("").replaceFirst("^ws", "http"));
        }
        if (gateway.path("auth").asString("").equals("none")) {
            String insecure =
                    output.toned(
                            Output.Tone.WARNING,
                            "none, insecure: every program of this machine may do everything");
            table.row("Auth", insecure);
        }
        if (gateway.has("keeperPid")) {
            table.row(
                    "Generation",
                    gateway.path("generation").asString("")
                            + " (pid "
                            + gateway.path("generationPid").asString("")
                            + "), "
                            + phase
                            + " since "
                            + Ages.coarse(
                                    Math.max(0, nowMs - gateway.path("sinceMs").asLong(nowMs))));
            table.row("Keeper", "pid " + gateway.path("keeperPid").asString(""));
        } else if (isReachable) {
            table.row("Up", Ages.coarse(gateway.path("uptimeMs").asLong(0)));
        }
        return table;
    }

    private static void addKeeper(ObjectNode tree, Owner owner) {
        tree.put("phase", owner.phase())
                .put("generation", owner.generation())
                .put("generationPid", owner.generationPid())
                .put("keeperPid", owner.pid())
                .put("instance", owner.instance())
                .put("sinceMs", owner.sinceMs());
    }
}
