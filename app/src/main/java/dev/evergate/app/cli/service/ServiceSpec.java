package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a service shall run. Carries no secret: a service's token stands in its configuration, or in
 * {@code .env} of its state directory.
 *
 * @param account who it runs as
 * @param state absolute
 * @param words the options after {@code gateway run}
 * @param listen {@code address:port} that the service manager shall hold, where it can
 */
public record ServiceSpec(
        Path launcher,
        Path installation,
        Path javaHome,
        Account account,
        Path state,
        List<String> words,
        Optional<String> listen) {
    /** How long a stop may take: the longest drain, and what comes after it. */
    static final int STOP_SECONDS = 330;

    public ServiceSpec {
        words = List.copyOf(words);
    }

    /** Whether a command of the account finds the state without being told where it is. */
    boolean isUsualState() {
        return state.equals(usualState(account));
    }

    /** The Java to name in the service, unless the launcher brings its own. */
    Optional<Path> namedJava() {
        Path top = Optional.ofNullable(launcher.getParent()).orElse(launcher);
        return javaHome.startsWith(top) ? Optional.empty() : Optional.of(javaHome);
    }

    /** Where an account's gateway keeps its state unless it is told otherwise. */
    public static Path usualState(Account account) {
        return account.home().resolve(".evergate");
    }
}
