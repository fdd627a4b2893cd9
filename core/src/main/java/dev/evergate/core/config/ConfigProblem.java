package dev.evergate.core.config;

/**
 * Something in the configuration that a person should look at.
 *
 * @param path the key, such as {@code gateway.port}; empty for the whole file
 * @param message the offending value, what was expected, and what helps; never a secret
 */
public record ConfigProblem(String path, String message) {
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
