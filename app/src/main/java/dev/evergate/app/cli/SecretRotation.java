package dev.evergate.app.cli;

import dev.evergate.app.Access;
import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.time.Deadline;
import dev.evergate.keeper.ExitCode;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts another secret in the place of the gateway's own. Used by one thread. */
final class SecretRotation {
    /** A change is in force before it is answered; what commands are told follows at once. */
    private static final long TOLD_MS = 5_000;

    private static final long LOOK_MS = 50;

    private final Surroundings surroundings;
    private final GatewayClient client;

    SecretRotation(Surroundings surroundings, GatewayClient client) {
        this.surroundings = surroundings;
        this.client = client;
    }

    /** Returns when the new one is in force, or is in the file if no gateway runs. */
    void rotate() {
        String secret = surroundings.world().ids().token();
        boolean isInForce;
        try (var configuration = ConfigOptions.open(surroundings, client, Scope.ADMIN)) {
            isInForce = configuration instanceof ConfigLink;
            change(configuration, secret);
        } catch (CommandFailure failure) {
            // Whoever came with the old secret is out, and so are we, perhaps before the answer.
            if (!failure.code().equals("CONNECTION_LOST")) {
                throw failure;
            }
            isInForce = true;
        }
        if (isInForce) {
            awaitInForce(secret);
        }
    }

    private static void change(Configuration configuration, String secret) {
        JsonNode document = configuration.ask("config.get", Json.object());
        JsonNode auth = document.path("parsed").path("gateway").path("auth");
        String name =
                switch (auth.path("mode").asString("token")) {
                    case "none" -> throw noSecret();
                    case "token" -> "token";
                    default -> "password";
                };
        if (!auth.path(name).asString("").equals(ConfigSchema.REDACTED)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "NOT_IN_THE_FILE",
                    ("The configuration does not hold gateway.auth.%s itself: the environment does,"
                                    + " or what it refers to.")
                            .formatted(name),
                    "Change it there.");
        }
        ObjectNode patch = Json.object();
        patch.putObject("gateway").putObject("auth").put(name, secret);
        var _ =
                configuration.ask(
                        "config.patch",
                        Json.object()
                                .put("raw", patch.toString())
                                .put("baseHash", document.path("hash").asString("")));
    }

    /** What commands are told is what is in force. */
    private void awaitInForce(String secret) {
        StateDirectory state = client.stateDirectory();
        Deadline deadline = surroundings.world().time().deadlineIn(TOLD_MS);
        while (Discovery.access(state)
                .map(Access::token)
                .filter(t -> t.matches(secret))
                .isEmpty()) {
            if (deadline.hasPassed(surroundings.world().time())) {
                throw new CommandFailure(
                        ExitCode.UNEXPECTED,
                        "NOT_IN_FORCE",
                        "The secret in the configuration is another one, but the one in force is not: the"
                                + " environment of the gateway may set it.",
                        "See: evergate config get gateway.auth");
            }
            surroundings.pause(LOOK_MS);
        }
    }

    static CommandFailure noSecret() {
        return new CommandFailure(
                ExitCode.USAGE,
                "NO_SECRET",
                "This gateway has no secret for programs of its own machine.",
                "See how it lets clients in: evergate config get gateway.auth");
    }
}
