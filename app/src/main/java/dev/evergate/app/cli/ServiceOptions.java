package dev.evergate.app.cli;

import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.Scope;
import dev.evergate.app.cli.service.ServiceDesk;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** The options of every command about the gateway as a service. */
final class ServiceOptions {
    @Option(
            names = "--system",
            description = "The machine's service instead of your own; needs the administrator.")
    private boolean system;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "The state directory (default: ~/.evergate).")
    private String stateDirectory = "";

    @Option(names = "--json", description = "Answer in JSON, for scripts.")
    private boolean json;

    /** Whose gateway is meant, and its service if it has one. */
    record Target(Path state, Optional<Installed> installed) {}

    boolean isJson() {
        return json;
    }

    Scope scope() {
        return system ? Scope.SYSTEM : Scope.USER;
    }

    /** The state directory that flag or environment name; empty for the usual one. */
    Optional<Path> namedState(Surroundings surroundings) {
        String named =
                stateDirectory.isEmpty() ? surroundings.variable("STATE_DIR") : stateDirectory;
        return named.isEmpty()
                ? Optional.empty()
                : Optional.of(StateDirectory.at(Path.of(named)).root());
    }

    /** With {@code --system} the machine's service says which state directory is meant. */
    Target target(Surroundings surroundings, ServiceDesk desk) {
        Path state =
                namedState(surroundings)
                        .orElse(StateDirectory.at(surroundings.home().resolve(".evergate")).root());
        Optional<Installed> installed =
                desk.find(system ? Optional.of(Scope.SYSTEM) : Optional.empty(), state);
        return new Target(
                system ? installed.map(Installed::state).orElse(state) : state, installed);
    }
}
