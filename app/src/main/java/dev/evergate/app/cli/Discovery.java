package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.Access;
import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.wire.GatewayAddress;
import dev.evergate.app.cli.wire.Trust;
import dev.evergate.app.config.ConfigHash;
import dev.evergate.app.config.ConfigOnDisk;
import dev.evergate.app.config.Parts;
import dev.evergate.app.config.SecretProcesses;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;
import dev.evergate.server.tls.TlsKeys;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the gateway to ask: what the command line says, else the environment, else {@code
 * run/access} of the state directory, else its configuration.
 *
 * <p>A secret from the state directory goes only to the gateway of that state directory: {@code
 * run/access} counts only while its keeper (without one: the gateway itself) names the same
 * instance.
 */
final class Discovery {
    private final Surroundings surroundings;
    private final Health health;

    /** Asks who listens at an address. */
    interface Health {
        Optional<JsonNode> ask(URI url, Trust trust);
    }

    Discovery(Surroundings surroundings, Health health) {
        this.surroundings = surroundings;
        this.health = health;
    }

    /** What the command line says; empty where it says nothing. */
    record Given(
            String url, Secret token, Secret password, String fingerprint, String stateDirectory) {}

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
    StateDirectory stateDirectory(Given given) {
        String named =
                given.stateDirectory().isEmpty()
                        ? surroundings.variable("STATE_DIR")
                        : given.stateDirectory();
        Path root = named.isEmpty() ? surroundings.home().resolve(".evergate") : Path.of(named);
        return StateDirectory.at(root);
    }

    Finding find(Given given) {
        StateDirectory state = stateDirectory(given);
        Optional<Credential> named = named(given);
        Optional<Access> access = access(state);
        String url = namedUrl(given);
        if (!url.isEmpty()) {
            URI uri = parse(url);
            Credential credential =
                    named.or(() -> access.flatMap(a -> ofSamePlace(a, uri, state)))
                            .or(() -> ofConfig(state, uri))
                            .orElse(new Credential(Secret.none(), ""));
            Trust trust =
                    access.filter(a -> isSamePlace(parse(a.url()), uri))
                            .map(a -> trust(given, a.fingerprint()))
                            .orElseGet(() -> trust(given, ""));
            return new Finding.Found(found(uri, credential, false, trust));
        }
        Optional<Owner> owner = surroundings.keepers().who(state.root());
        if (owner.isPresent() && access.isEmpty()) {
            return new Finding.Starting(owner.get());
        }
        if (access.isPresent()) {
            URI uri = parse(access.get().url());
            Trust trust = trust(given, access.get().fingerprint());
            boolean isOurs =
                    owner.map(Owner::instance)
                            .or(() -> instance(uri, trust))
                            .map(instance -> instance.equals(access.get().instance()))
                            .orElse(false);
            if (isOurs) {
                Credential credential =
                        named.orElse(
                                new Credential(
                                        access.get().token(),
                                        Access.fileIn(state.root()).toString()));
                return new Finding.Found(found(uri, credential, true, trust));
            }
            if (owner.isPresent()) {
                return new Finding.Starting(owner.get());
            }
        }
        return fromConfig(given, state, named);
    }

    /**
     * What the command line trusts, else what is known of the gateway.
     *
     * @param known the fingerprint of its certificate; empty if nothing is
     */
    private static Trust trust(Given given, String known) {
        if (given.fingerprint().isEmpty()) {
            return Trust.in(known).orElse(Trust.SYSTEM);
        }
        return Trust.in(given.fingerprint())
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "BAD_FINGERPRINT",
                                        given.fingerprint()
                                                + " is not a fingerprint (expected: SHA-256, 64"
                                                + " hexadecimal digits).",
                                        "Show it on the gateway's machine: openssl x509 -noout"
                                                + " -fingerprint -sha256 -in CERTIFICATE"));
    }

    private static GatewayAddress found(
            URI uri, Credential credential, boolean isOurs, Trust trust) {
        return new GatewayAddress(uri, credential.secret(), credential.source(), isOurs, trust);
    }

    private Optional<String> instance(URI uri, Trust trust) {
        return health.ask(uri, trust).map(answer -> answer.path("instance").asString(""));
    }

    private Finding fromConfig(Given given, StateDirectory state, Optional<Credential> named) {
        if (named.isEmpty() && !Files.exists(configFile(state))) {
            return new Finding.Nowhere(List.of(state.root().toString()));
        }
        ConfigSnapshot config = config(state, named.map(Credential::secret).orElse(Secret.none()));
        URI uri = address(config);
        Trust trust = trust(given, fingerprint(config));
        Secret secret = config.gateway().auth().secret();
        Credential credential = named.orElse(new Credential(secret, configFile(state).toString()));
        boolean isAsked = config.gateway().auth().mode() != ConfigSnapshot.Auth.Mode.NONE;
        if ((credential.secret().isPresent() || !isAsked) && health.ask(uri, trust).isPresent()) {
            return new Finding.Found(found(uri, credential, false, trust));
        }
        return new Finding.Nowhere(
                List.of(state.root().toString(), uri.getHost() + ":" + uri.getPort()));
    }

    /** Of the certificate that the configuration names, if it can be read. */
    private static String fingerprint(ConfigSnapshot config) {
        try {
            return config.gateway()
                    .tls()
                    .map(tls -> TlsKeys.fingerprint(tls.certificate()))
                    .orElse("");
        } catch (EvergateException unreadable) {
            return ""; // then the system decides whom to trust
        }
    }

    private static URI address(ConfigSnapshot config) {
        String host = config.gateway().bindHost();
        String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return URI.create(
                (config.gateway().tls().isPresent() ? "wss://" : "ws://")
                        + (reachable.contains(":") ? "[" + reachable + "]" : reachable)
                        + ":"
                        + config.gateway().port()
                        + "/");
    }

    /** The address of the gateway that is meant; empty for whichever runs here. */
    String namedUrl(Given given) {
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

    private static Optional<Credential> ofSamePlace(Access access, URI uri, StateDirectory state) {
        return isSamePlace(parse(access.url()), uri)
                ? Optional.of(
                        new Credential(access.token(), Access.fileIn(state.root()).toString()))
                : Optional.empty();
    }

    private static boolean isSamePlace(URI one, URI other) {
        return GatewayAddress.port(one) == GatewayAddress.port(other)
                && (one.getHost().equals(other.getHost())
                        || (GatewayAddress.isLoopback(one) && GatewayAddress.isLoopback(other)));
    }

    /** The secret of our own configuration, for the address our own configuration gives. */
    private Optional<Credential> ofConfig(StateDirectory state, URI uri) {
        try {
            ConfigSnapshot config = config(state, Secret.none());
            Secret secret = config.gateway().auth().secret();
            return secret.isPresent() && isSamePlace(address(config), uri)
                    ? Optional.of(new Credential(secret, configFile(state).toString()))
                    : Optional.empty();
        } catch (CommandFailure _) {
            return Optional.empty(); // it was only a guess: the gateway is named
        }
    }

    private Path configFile(StateDirectory state) {
        String named = surroundings.variable("CONFIG_PATH");
        return named.isEmpty() ? state.config() : Path.of(named).toAbsolutePath().normalize();
    }

    private ConfigFiles files(StateDirectory state) {
        return new ConfigFiles(
                configFile(state),
                state.dotEnv(),
                surroundings.environment(),
                new SecretProcesses());
    }

    private static ConfigOverrides overrides(Secret secret) {
        return new ConfigOverrides(Optional.empty(), Optional.empty(), secret, secret);
    }

    /** The configuration's files and history, as a gateway of this state directory has them. */
    Parts configParts(Given given) {
        StateDirectory state = stateDirectory(given);
        Secret secret = named(given).map(Credential::secret).orElse(Secret.none());
        // What names contents here needs to hold for this one command: nothing is written for it.
        return new Parts(
                surroundings.world(),
                files(state),
                overrides(secret),
                new ConfigHistory(state.configs()),
                new ConfigHash(surroundings.world().ids().token()));
    }

    private ConfigSnapshot config(StateDirectory state, Secret secret) {
        try {
            return ConfigOnDisk.read(files(state), overrides(secret));
        } catch (EvergateException refused) {
            throw new CommandFailure(
                    ExitCode.DO_NOT_RETRY,
                    refused.code().name(),
                    "Evergate is not running, and could not start: " + refused.getMessage(),
                    "");
        }
    }

    /** What the gateway of a state directory has left for commands; empty if there is none. */
    static Optional<Access> access(StateDirectory state) {
        try {
            return Access.read(state.root());
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    "STATE_NOT_READABLE",
                    Access.fileIn(state.root())
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
