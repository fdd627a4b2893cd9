package dev.evergate.app.cli.security;

import java.nio.file.Path;
import java.util.List;

/**
 * One thing that a person should look at. Names files and keys, never what is secret in them.
 *
 * @param id stable name, for scripts; OpenClaw's where it has one for the same thing
 * @param title what is found, in a few words
 * @param detail what that means, and where
 * @param remedy what helps, with the command
 * @param tooOpen files whose rights for others are all that is wrong: these can be taken away
 */
public record Finding(
        String id,
        Severity severity,
        String title,
        String detail,
        String remedy,
        List<Path> tooOpen) {
    public Finding {
        tooOpen = List.copyOf(tooOpen);
    }

    /** One that only a person can mend. */
    Finding(String id, Severity severity, String title, String detail, String remedy) {
        this(id, severity, title, detail, remedy, List.of());
    }
}
