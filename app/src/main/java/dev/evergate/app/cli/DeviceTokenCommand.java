package dev.evergate.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code evergate devices remove}, {@code rename}, {@code rotate} and {@code revoke}. */
abstract sealed class DeviceTokenCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(
            index = "0",
            paramLabel = "DEVICE",
            description = "The device's id, or at least six characters it begins with.")
    private String device = "";

    private DeviceTokenCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    final DeviceDesk desk() {
        return new DeviceDesk(surroundings, options);
    }

    /** Names the device to a method. */
    final ObjectNode params() {
        return Json.object().put("deviceId", desk().device(device.strip()));
    }

    /** Forgets a device. */
    @Command(
            name = "remove",
            description = "Forget a device: its connections end, and it must be paired anew.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate devices remove 8f1386f403c5",
                "  evergate devices remove 8f1386f403c5 --json"
            })
    static final class Remove extends DeviceTokenCommand {
        Remove(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return desk().done(
                            desk().ask("device.pair.remove", params()),
                            "Forgotten. Its connections have ended.");
        }
    }

    /** Gives a device a name. */
    @Command(
            name = "rename",
            description = "Give a device a name that counts more than its own.",
            footerHeading = "%nExamples%n",
            footer = {"  evergate devices rename 8f1386f403c5 phone"})
    static final class Rename extends DeviceTokenCommand {
        @Parameters(index = "1", paramLabel = "NAME", description = "The name.")
        private String name = "";

        Rename(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return desk().done(
                            desk().ask("device.pair.rename", params().put("label", name)),
                            "It is called " + name + " now.");
        }
    }

    /** Takes a role back. */
    @Command(
            name = "revoke",
            description = "Take a role back from a device: its token and connections end.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate devices revoke 8f1386f403c5",
                "  evergate devices revoke 8f1386f403c5 --role node"
            })
    static final class Revoke extends DeviceTokenCommand {
        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "operator or node (default: operator).")
        private String role = "operator";

        Revoke(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return desk().done(
                            desk().ask("device.token.revoke", params().put("role", role)),
                            "Taken back. Its connections in the role " + role + " have ended.");
        }
    }

    /** Replaces a token. */
    @Command(
            name = "rotate",
            description =
                    "Replace a device's token: connections with the old one end; the device gets the"
                            + " new one when it connects with the gateway's token.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate devices rotate 8f1386f403c5",
                "  evergate devices rotate 8f1386f403c5 --scope operator.read"
            })
    static final class Rotate extends DeviceTokenCommand {
        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "operator or node (default: operator).")
        private String role = "operator";

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                description = "Keep only this scope; may be given more than once.")
        private List<String> scopes = new ArrayList<>();

        Rotate(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            ObjectNode params = params().put("role", role);
            if (!scopes.isEmpty()) {
                scopes.forEach(params.putArray("scopes")::add);
            }
            return desk().done(
                            desk().ask("device.token.rotate", params),
                            "Replaced. Connections with the old token have ended.");
        }
    }
}
