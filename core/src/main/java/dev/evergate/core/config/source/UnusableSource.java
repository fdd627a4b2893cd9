package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigProblem;

import java.nio.file.Path;

/** Why the files as a whole cannot be used. */
final class UnusableSource extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ConfigProblem problem;

    UnusableSource(Path file, String reason) {
        super(file + ": " + reason);
        this.problem =
                new ConfigProblem(ConfigProblem.Kind.UNUSABLE_FILE, "", file + ": " + reason);
    }

    ConfigProblem problem() {
        return problem;
    }
}
