package dev.evergate.core.config;

/**
 * Something in the configuration that a person should look at.
 *
 * @param path the key, such as {@code gateway.port}; empty for the whole file
 * @param message the offending value, what was expected, and what helps; never a secret
 */
public record ConfigProblem(Kind kind, String path, String message) {
    /** What it means for the configuration. */
    public enum Kind {
        /** Nobody knows the key. It stays in the file and has no effect. */
        UNKNOWN_KEY,
        /** The value cannot be used; the section it belongs to keeps what was good before. */
        BAD_VALUE,
        /**
         * Strangers could come in; who can, and by what, stays as it was. A gateway that was
         * nothing before does not start.
         */
        EXPOSED,
        /** Nothing of the file can be used. */
        UNUSABLE_FILE
    }

    /** A value that cannot be used. */
    public ConfigProblem(String path, String message) {
        this(Kind.BAD_VALUE, path, message);
    }

    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
