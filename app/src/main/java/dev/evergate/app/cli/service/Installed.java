package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A service that is there.
 *
 * @param state the state directory it is for
 * @param isTouched whether its file is not, or no longer, as we wrote it
 */
public record Installed(ServiceManager manager, Path file, Path state, boolean isTouched) {

    /**
     * The service for a state directory, the account's own before the machine's. One that names no
     * state directory, being written by hand, is for the usual one.
     *
     * @param scope only this one, whichever its state directory
     * @param texts reads a file, empty if there is none
     * @param isSame whether two paths mean the same folder
     */
    public static Optional<Installed> find(
            Platform platform,
            Optional<Scope> scope,
            Path state,
            Function<Path, Optional<String>> texts,
            BiPredicate<Path, Path> isSame) {
        return Stream.of(Scope.values())
                .filter(candidate -> scope.isEmpty() || scope.get() == candidate)
                .flatMap(candidate -> manager(platform, candidate, state, texts).stream())
                .flatMap(manager -> at(manager, platform, texts).stream())
                .filter(found -> scope.isPresent() || isSame.test(found.state(), state))
                .findFirst();
    }

    private static Optional<Installed> at(
            ServiceManager manager, Platform platform, Function<Path, Optional<String>> texts) {
        Path file = manager.places().getFirst();
        return texts.apply(file)
                .map(
                        text ->
                                Stamp.of(text)
                                        .map(
                                                stamp ->
                                                        new Installed(
                                                                manager,
                                                                file,
                                                                stamp.state(),
                                                                stamp.isTouched()))
                                        .orElseGet(
                                                () ->
                                                        new Installed(
                                                                manager,
                                                                file,
                                                                ServiceSpec.usualState(
                                                                        platform.account()),
                                                                true)));
    }

    private static Optional<ServiceManager> manager(
            Platform platform, Scope scope, Path state, Function<Path, Optional<String>> texts) {
        return switch (platform.kind()) {
            case LINUX -> {
                Systemd bare = Systemd.of(platform, scope, false);
                boolean hasSocket = texts.apply(bare.places().getLast()).isPresent();
                yield Optional.of(Systemd.of(platform, scope, hasSocket));
            }
            case MAC -> Optional.of(Launchd.of(platform, scope));
            case WINDOWS -> Optional.of(TaskScheduler.of(state, scope));
            case OTHER -> Optional.empty();
        };
    }

    /** The manager to install with on a machine, whether or not it runs there. */
    public static ServiceManager wanted(
            Platform platform, Scope scope, Path state, boolean hasSocket) {
        ServiceManager manager =
                switch (platform.kind()) {
                    case LINUX -> Systemd.of(platform, scope, hasSocket);
                    case MAC -> Launchd.of(platform, scope);
                    case WINDOWS -> TaskScheduler.of(state, scope);
                    case OTHER -> throw Refusals.unknownSystem();
                };
        if (hasSocket && !(manager instanceof Systemd)) {
            throw Refusals.noSockets(manager);
        }
        return manager;
    }

    /** Fails with what helps if the manager cannot be reached from here. */
    public static void requireReachable(Platform platform, ServiceManager manager, String verb) {
        if (!(manager instanceof Systemd)) {
            return;
        }
        if (!platform.systemd().isRunning()) {
            throw Refusals.noSystemd();
        }
        switch (manager.scope()) {
            case USER -> {
                if (!platform.systemd().hasUserManager()) {
                    throw Refusals.noUserManager(platform.account());
                }
            }
            case SYSTEM -> {
                if (!platform.account().isAdministrator()) {
                    throw Refusals.notAdministrator(verb);
                }
            }
        }
    }
}
