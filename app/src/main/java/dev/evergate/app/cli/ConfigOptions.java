package dev.evergate.app.cli;

import dev.evergate.app.cli.Discovery.Finding;
import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.app.config.ConfigAtRest;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The options of every command that looks at the configuration or changes it. */
final class ConfigOptions {
    /** No configuration holds more. */
    private static final int BYTES_MAX = 4 << 20;

    @Mixin private ConnectOptions options = new ConnectOptions();

    boolean isJson() {
        return options.isJson();
    }

    /**
     * The configuration of the gateway that runs; if none does, what its files say. A gateway that
     * is named is asked, or nobody is.
     */
    Configuration open(Surroundings surroundings, Scope scope) {
        return open(surroundings, new GatewayClient(surroundings, options), scope);
    }

    /** The same of the gateway that a client finds. */
    static Configuration open(Surroundings surroundings, GatewayClient client, Scope scope) {
        return client.isNamed() || isRunning(client)
                ? ConfigLink.open(surroundings, client, scope)
                : new ConfigShelf(new ConfigAtRest(client.configParts(), Cli.version()));
    }

    private static boolean isRunning(GatewayClient client) {
        try {
            return client.find() instanceof Finding.Found;
        } catch (CommandFailure failure) {
            if (failure.exit() == ExitCode.DO_NOT_RETRY) {
                return false; // It could not start with what the files say: that can be mended.
            }
            throw failure;
        }
    }

    /** Reads a path as people write it. */
    static ConfigPath path(String text) {
        try {
            ConfigPath path = ConfigPath.parse(text);
            if (!path.isRoot()) {
                return path;
            }
        } catch (IllegalArgumentException malformed) {
            throw badPath(String.valueOf(malformed.getMessage()));
        }
        throw badPath("\"\" is no path");
    }

    /** What is piped into the command, without the line's end. */
    static String piped(Surroundings surroundings) {
        try {
            byte[] bytes = surroundings.input().readNBytes(BYTES_MAX);
            return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNEXPECTED, "NO_INPUT", "Standard input cannot be read: " + e, "");
        }
    }

    static CommandFailure badPath(String what) {
        return new CommandFailure(
                ExitCode.USAGE,
                "BAD_PATH",
                what + " (expected: such as gateway.port or models.providers.local.models[0].id).",
                "What there is: evergate config get");
    }
}
