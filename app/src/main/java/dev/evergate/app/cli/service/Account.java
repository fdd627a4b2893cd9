package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An account of the machine.
 *
 * @param uid 0 is the administrator, -1 where accounts have no number
 */
public record Account(String name, long uid, Path home) {
    private static final int FIELDS = 7;
    private static final int UID = 2;
    private static final int HOME = 5;

    /** From a line of the password database, {@code name:x:uid:gid:text:home:shell}. */
    public static Optional<Account> parse(String line) {
        String[] fields = line.strip().split(":", -1);
        if (fields.length != FIELDS || fields[HOME].isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Account(fields[0], Long.parseLong(fields[UID]), Path.of(fields[HOME])));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Whether it may change the machine's own services. */
    public boolean isAdministrator() {
        return uid == 0;
    }
}
