package dev.evergate.app.cli;

import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.cli.wire.GatewayConnection;
import dev.evergate.app.cli.wire.GatewayConnection.Answer;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.app.cli.wire.WireError;
import dev.evergate.core.time.Deadline;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The configuration of a gateway that runs. Used by one thread. */
final class ConfigLink implements Configuration {
    /** A change comes into force before it is answered; that can take a listener, or a provider. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GatewayConnection connection;
    private final Deadline deadline;
    private Optional<String> plan = Optional.empty();

    private ConfigLink(GatewayConnection connection, Deadline deadline) {
        this.connection = connection;
        this.deadline = deadline;
        connection.onEvent(this::take);
    }

    /** Connects to the gateway that is meant. */
    static Configuration open(Surroundings surroundings, GatewayClient client, Scope scope) {
        var deadline = surroundings.world().time().deadlineIn(PATIENCE.toMillis());
        return new ConfigLink(client.connect(scope, deadline, false), deadline);
    }

    private void take(GatewayConnection.Event event) {
        if (event.name().equals("config.changed")) {
            plan =
                    Optional.of(event.payload().path("plan").asString(""))
                            .filter(it -> !it.isEmpty());
        }
    }

    @Override
    public JsonNode ask(String method, ObjectNode params) {
        try {
            return switch (connection.ask(method, params, deadline)) {
                case Answer.Done(var payload) -> payload;
                case Answer.Refused(var error, _) -> throw refused(error);
            };
        } catch (IOException lost) {
            throw GatewayClient.lost(lost);
        }
    }

    private static CommandFailure refused(WireError error) {
        return error.issues().isEmpty()
                ? Failures.refused(error)
                : Failures.refused(error.issues());
    }

    @Override
    public Optional<String> plan() {
        return plan;
    }

    @Override
    public void close() {
        connection.close();
    }
}
