package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.Access;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the gateway to ask: what the command line says, else the environment, else {@code
 * run/access} of the state directory, else its configuration.
 *
 * <p>A secret from the state directory goes only to the gateway of that state directory: {@code
 * run/access} counts only while its keeper (without one: the gateway itself) names the same
 * instance.
 */
final class Discovery {
    private static final int DEFAULT_PORT = 18789;

    private final Surroundings surroundings;
    private final Function<URI, Optional<JsonNode>> health;

    /** {@code health} asks who listens at an address. */
    Discovery(Surroundings surroundings, Function<URI, Optional<JsonNode>> health) {
        this.surroundings = surroundings;
        this.health = health;
    }

    /** What the command line says; empty where it says nothing. */
    record Given(String url, Secret token, Secret password, String stateDirectory) {}

    /** What was found. */
    sealed interface Finding {
        /** Somebody to ask. */
        record Found(GatewayAddress address) implements Finding {}

        /** A keeper whose gateway does not serve yet. */
        record Starting(Owner owner) implements Finding {}

        /** Nobody, and the places that were looked at. */
        record Nowhere(List<String> looked) implements Finding {}
    }

    private record Credential(Secret secret, String source) {}

    /** The state directory that is meant. */
    Path stateDirectory(Given given) {
        String named =
                given.stateDirectory().isEmpty()
                        ? surroundings.variable("STATE_DIR")
                        : given.stateDirectory();
        if (named.isEmpty()) {
            return surroundings.home().resolve(".evergate");
        }
        return named.startsWith("~/")
                ? surroundings.home().resolve(named.substring(2))
                : Path.of(named).toAbsolutePath().normalize();
    }

    Finding find(Given given) {
        Path state = stateDirectory(given);
        Optional<Credential> named = named(given);
        Optional<Access> access = access(state);
        String url = namedUrl(given);
        if (!url.isEmpty()) {
            URI uri = parse(url);
            Credential credential =
                    named.or(() -> access.flatMap(a -> ofSamePlace(a, uri, state)))
                            .or(() -> ofConfig(state, uri))
                            .orElse(new Credential(Secret.none(), ""));
            return new Finding.Found(
                    new GatewayAddress(uri, credential.secret(), credential.source(), false));
        }
        Optional<Owner> owner = surroundings.keepers().who(state);
        if (owner.isPresent() && access.isEmpty()) {
            return new Finding.Starting(owner.get());
        }
        if (access.isPresent()) {
            URI uri = parse(access.get().url());
            boolean isOurs =
                    owner.map(Owner::instance)
                            .or(() -> health.apply(uri).map(h -> h.path("instance").asString("")))
                            .map(instance -> instance.equals(access.get().instance()))
                            .orElse(false);
            if (isOurs) {
                Credential credential =
                        named.orElse(
                                new Credential(
                                        access.get().token(), Access.fileIn(state).toString()));
                return new Finding.Found(
                        new GatewayAddress(uri, credential.secret(), credential.source(), true));
            }
            if (owner.isPresent()) {
                return new Finding.Starting(owner.get());
            }
        }
        return fromConfig(state, named);
    }

    private Finding fromConfig(Path state, Optional<Credential> named) {
        List<String> looked = new ArrayList<>(List.of(state.toString()));
        URI uri =
                URI.create(
                        "ws://127.0.0.1:" + config(state).path("port").asInt(DEFAULT_PORT) + "/");
        Optional<Credential> credential = named.or(() -> ofConfig(state, uri));
        looked.add("127.0.0.1:" + uri.getPort());
        if (credential.isPresent() && health.apply(uri).isPresent()) {
            return new Finding.Found(
                    new GatewayAddress(
                            uri, credential.get().secret(), credential.get().source(), false));
        }
        return new Finding.Nowhere(looked);
    }

    private String namedUrl(Given given) {
        if (!given.url().isEmpty()) {
            return given.url();
        }
        String url = surroundings.variable("GATEWAY_URL");
        String port = surroundings.variable("GATEWAY_PORT");
        return url.isEmpty() && !port.isEmpty() ? "ws://127.0.0.1:" + port + "/" : url;
    }

    private Optional<Credential> named(Given given) {
        if (given.token().isPresent()) {
            return Optional.of(new Credential(given.token(), "--token"));
        }
        if (given.password().isPresent()) {
            return Optional.of(new Credential(given.password(), "--password"));
        }
        for (String name : List.of("GATEWAY_TOKEN", "GATEWAY_PASSWORD")) {
            String value = surroundings.variable(name);
            if (!value.isEmpty()) {
                return Optional.of(
                        new Credential(Secret.of(value), surroundings.variableName(name)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Credential> ofSamePlace(Access access, URI uri, Path state) {
        URI own = parse(access.url());
        boolean isSame =
                GatewayAddress.port(own) == GatewayAddress.port(uri)
                        && (own.getHost().equals(uri.getHost())
                                || (GatewayAddress.isLoopback(own)
                                        && GatewayAddress.isLoopback(uri)));
        return isSame
                ? Optional.of(new Credential(access.token(), Access.fileIn(state).toString()))
                : Optional.empty();
    }

    private Optional<Credential> ofConfig(Path state, URI uri) {
        JsonNode gateway = config(state);
        if (!GatewayAddress.isLoopback(uri)
                || GatewayAddress.port(uri) != gateway.path("port").asInt(DEFAULT_PORT)) {
            return Optional.empty();
        }
        JsonNode auth = gateway.path("auth");
        String key = auth.path("mode").asString("token").equals("password") ? "password" : "token";
        String value = auth.path(key).asString("");
        return value.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Credential(
                                Secret.of(value),
                                "gateway.auth." + key + " in " + configFile(state)));
    }

    private static Path configFile(Path state) {
        return state.resolve("evergate.json");
    }

    /** {@code gateway} of the configuration; a missing node if it cannot be read. */
    private static JsonNode config(Path state) {
        var json5 =
                JsonMapper.builder()
                        .enable(
                                JsonReadFeature.ALLOW_JAVA_COMMENTS,
                                JsonReadFeature.ALLOW_SINGLE_QUOTES,
                                JsonReadFeature.ALLOW_TRAILING_COMMA,
                                JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
                        .build();
        try {
            return json5.readTree(Files.readString(configFile(state))).path("gateway");
        } catch (IOException | JacksonException unreadable) {
            return json5.missingNode();
        }
    }

    private static Optional<Access> access(Path state) {
        try {
            return Access.read(state);
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    "STATE_NOT_READABLE",
                    Access.fileIn(state)
                            + " cannot be read ("
                            + unreadable.getClass().getSimpleName()
                            + ").",
                    "Run the command as the user that runs the gateway, or pass --url and --token.");
        }
    }

    private static URI parse(String url) {
        try {
            URI uri = URI.create(url.replaceFirst("^http", "ws"));
            if (uri.getHost() != null
                    && uri.getScheme() != null
                    && List.of("ws", "wss").contains(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // Reported below, with what is expected.
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "BAD_URL",
                url + " is not the address of a gateway (expected: such as ws://127.0.0.1:18789).",
                "");
    }
}
