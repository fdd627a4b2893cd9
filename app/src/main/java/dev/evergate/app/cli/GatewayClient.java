package dev.evergate.app.cli;

import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.Discovery.Finding;
import dev.evergate.app.cli.wire.GatewayAddress;
import dev.evergate.app.cli.wire.GatewayConnection;
import dev.evergate.app.cli.wire.GatewayConnection.Answer;
import dev.evergate.app.cli.wire.GatewayConnection.Attempt;
import dev.evergate.app.cli.wire.HealthProbe;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.app.cli.wire.UpgradeRefused;
import dev.evergate.app.config.Parts;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Finds a gateway and asks it; every failure leaves as a {@link CommandFailure}. */
final class GatewayClient {
    private static final long PAUSE_MS = 150;
    private static final long PAUSE_MS_MAX = 2_000;

    private final Surroundings surroundings;
    private final Discovery discovery;
    private final Discovery.Given given;
    private final World world;

    GatewayClient(Surroundings surroundings, ConnectOptions options) {
        this(surroundings, options.given());
    }

    GatewayClient(Surroundings surroundings, Discovery.Given given) {
        this.surroundings = surroundings;
        this.world = surroundings.world();
        this.discovery = new Discovery(surroundings, new HealthProbe(world)::ask);
        this.given = given;
    }

    /** Asks one method and hangs up. */
    JsonNode ask(String method, ObjectNode params, Duration timeout) {
        Deadline deadline = world.time().deadlineIn(timeout.toMillis());
        try (var connection = connect(Scope.of(method), deadline, false)) {
            return payload(connection.ask(method, params, deadline));
        } catch (IOException lost) {
            throw lost(lost);
        }
    }

    /**
     * Connects, waiting for a gateway that is about to serve.
     *
     * @param isPatient whether to wait for one that cannot be reached at all, too
     */
    GatewayConnection connect(Scope scope, Deadline deadline, boolean isPatient) {
        while (true) {
            Try attempt = attempt(scope, deadline);
            if (attempt instanceof Worked(var connection)) {
                return connection;
            }
            if (attempt instanceof Failed(var failure, var isPassing, var pauseMs)) {
                if (!(isPassing || isPatient)
                        || deadline.remainingMillis(world.time()) <= pauseMs) {
                    throw failure;
                }
                surroundings.pause(pauseMs);
            }
        }
    }

    /** Where logs and the like lie. */
    StateDirectory stateDirectory() {
        return discovery.stateDirectory(given);
    }

    /** Who keeps the gateway at the other end; empty if that is not ours to ask. */
    Optional<Owner> owner(GatewayConnection connection) {
        return connection.address().isOurs()
                ? surroundings.keepers().who(stateDirectory().root())
                : Optional.empty();
    }

    /** Whether one gateway is meant, and not whichever runs here. */
    boolean isNamed() {
        return !discovery.namedUrl(given).isEmpty();
    }

    /** The configuration's files and history, for when no gateway runs. */
    Parts configParts() {
        return discovery.configParts(given);
    }

    /** What is known without asking the gateway itself. */
    Finding find() {
        return discovery.find(given);
    }

    /** The payload of an answer, or the failure it stands for. */
    static JsonNode payload(Answer answer) {
        return switch (answer) {
            case Answer.Done(var payload) -> payload;
            case Answer.Refused(var error, _) -> throw Failures.refused(error);
        };
    }

    static CommandFailure lost(IOException cause) {
        return new CommandFailure(
                ExitCode.NOT_REACHABLE,
                "CONNECTION_LOST",
                "The gateway went away before it answered: " + cause.getMessage() + ".",
                "See how it is: evergate gateway status");
    }

    private sealed interface Try {}

    private record Worked(GatewayConnection connection) implements Try {}

    /** {@code isPassing}: it is only a matter of time. */
    private record Failed(CommandFailure failure, boolean isPassing, long pauseMs) implements Try {}

    private Try attempt(Scope scope, Deadline deadline) {
        return switch (discovery.find(given)) {
            case Finding.Nowhere(var looked) ->
                    new Failed(Failures.notRunning(looked), false, PAUSE_MS);
            case Finding.Starting(var owner) ->
                    new Failed(Failures.starting(owner, world.time().wallMillis()), true, PAUSE_MS);
            case Finding.Found(var address) -> open(address, scope, deadline);
        };
    }

    private Try open(GatewayAddress address, Scope scope, Deadline deadline) {
        Failures.requireSafe(address, surroundings);
        try {
            return switch (GatewayConnection.open(address, scope, Cli.version(), world, deadline)) {
                case Attempt.Connected(var connection) -> new Worked(connection);
                case Attempt.Refused(var error) ->
                        new Failed(
                                Failures.refused(error, address),
                                error.isPassing(),
                                Math.clamp(error.retryAfterMs(), PAUSE_MS, PAUSE_MS_MAX));
            };
        } catch (UpgradeRefused refused) {
            return new Failed(
                    Failures.unreachable(address, refused), refused.isRetryable(), PAUSE_MS);
        } catch (IOException failure) {
            return new Failed(Failures.unreachable(address, failure), address.isOurs(), PAUSE_MS);
        }
    }
}
