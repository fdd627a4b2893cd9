package dev.evergate.app.cli;

import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.cli.wire.Scope;
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

    /** The configuration of the gateway that runs. */
    Configuration open(Surroundings surroundings, Scope scope) {
        return ConfigLink.open(surroundings, options, scope);
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
