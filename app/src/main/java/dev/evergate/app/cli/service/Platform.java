package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The facts about a machine that decide how a service is installed on it. Immutable.
 *
 * @param root where its files begin, {@code /} but in tests
 * @param account who runs the command
 * @param sudoer who became the administrator to run it
 * @param configHome where the account's programs are configured
 * @param lingers whether the account's services run while it is not logged in
 * @param launcher the {@code evergate} script; empty when this program was started without it
 * @param javaHome the Java that runs this program
 * @param installation the folder of this build; empty as with {@code launcher}
 */
public record Platform(
        Kind kind,
        Path root,
        Account account,
        Optional<String> sudoer,
        Path configHome,
        Systemd.Presence systemd,
        boolean lingers,
        Optional<Path> launcher,
        Path javaHome,
        Optional<Path> installation) {

    /** The operating systems that differ in their services. */
    public enum Kind {
        LINUX,
        MAC,
        WINDOWS,
        OTHER
    }

    /** A path below {@link #root}. */
    public Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }
}
