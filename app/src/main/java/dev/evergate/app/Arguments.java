package dev.evergate.app;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.source.DotEnv;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code evergate gateway run} was asked to do: flags over environment, environment over file.
 * Read without the command line's library, which would cost every start.
 *
 * @param keeper whether a keeper holds the door
 */
public record Arguments(
        StateDirectory state, Path config, ConfigOverrides overrides, boolean keeper) {
    private static final Set<String> WITH_VALUE =
            Set.of("--port", "--bind", "--token-file", "--config", "--state-dir");

    private static final Set<String> WITHOUT_VALUE = Set.of("--no-keeper");

    /**
     * Reads the words after {@code evergate}.
     *
     * @throws EvergateException {@code INVALID_REQUEST} naming the word that is wrong
     */
    public static Arguments parse(List<String> words, Map<String, String> environment) {
        Map<String, String> flags = flags(words);
        Optional<Path> stateDirectory =
                Optional.ofNullable(flags.get("--state-dir"))
                        .or(() -> variable(environment, "STATE_DIR"))
                        .map(Path::of);
        var state =
                stateDirectory
                        .map(StateDirectory::at)
                        .orElseGet(
                                () ->
                                        StateDirectory.at(
                                                StateDirectory.home(environment)
                                                        .resolve(".evergate")));
        Path config =
                Optional.ofNullable(flags.get("--config"))
                        .or(() -> variable(environment, "CONFIG_PATH"))
                        .map(Path::of)
                        .map(path -> path.toAbsolutePath().normalize())
                        .orElseGet(state::config);
        Optional<Integer> port =
                Optional.ofNullable(flags.get("--port"))
                        .map(value -> port("--port", value))
                        .or(
                                () ->
                                        variable(environment, "GATEWAY_PORT")
                                                .map(
                                                        value ->
                                                                port(
                                                                        "EVERGATE_GATEWAY_PORT",
                                                                        value)));
        // Secrets only: a slip in that file must not keep the gateway from starting.
        Map<String, String> more = DotEnv.read(state.dotEnv());
        Secret token =
                Optional.ofNullable(flags.get("--token-file"))
                        .map(Arguments::tokenIn)
                        .or(() -> secret("GATEWAY_TOKEN", environment, more))
                        .orElse(Secret.none());
        Secret password = secret("GATEWAY_PASSWORD", environment, more).orElse(Secret.none());
        return new Arguments(
                state,
                config,
                new ConfigOverrides(
                        port, Optional.ofNullable(flags.get("--bind")), token, password),
                !flags.containsKey("--no-keeper"));
    }

    private static Optional<Secret> secret(
            String name, Map<String, String> environment, Map<String, String> more) {
        return variable(environment, name).or(() -> variable(more, name)).map(Secret::of);
    }

    private static Map<String, String> flags(List<String> words) {
        Map<String, String> flags = new HashMap<>();
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("gateway") || word.equals("run")) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (WITHOUT_VALUE.contains(name) && equals < 0) {
                flags.put(name, "");
            } else if (!WITH_VALUE.contains(name)) {
                throw wrong(
                        "\"%s\" is not understood (expected: %s; see: evergate gateway run --help)"
                                .formatted(
                                        word,
                                        "--port, --bind, --token, --token-file, --config, --state-dir"));
            } else if (equals >= 0) {
                flags.put(name, word.substring(equals + 1));
            } else if (rest.hasNext()) {
                flags.put(name, rest.next());
            } else {
                throw wrong("%s needs a value (see: evergate gateway run --help)".formatted(name));
            }
        }
        return flags;
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get("EVERGATE_" + name))
                .filter(value -> !value.isBlank())
                .or(
                        () ->
                                Optional.ofNullable(environment.get("OPENCLAW_" + name))
                                        .filter(value -> !value.isBlank()));
    }

    private static int port(String name, String value) {
        try {
            int port = Integer.parseInt(value.strip());
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException _) {
            // told below, like a number out of range
        }
        throw wrong("%s: \"%s\" (expected: a port from 1 to 65535)".formatted(name, value));
    }

    private static Secret tokenIn(String file) {
        try {
            String token = Files.readString(Path.of(file)).strip();
            if (!token.isEmpty()) {
                return Secret.of(token);
            }
            throw wrong(
                    "--token-file: %s is empty (expected: the token on its first line)"
                            .formatted(file));
        } catch (IOException e) {
            throw wrong(
                    "--token-file: %s cannot be read (%s)"
                            .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static EvergateException wrong(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }
}
