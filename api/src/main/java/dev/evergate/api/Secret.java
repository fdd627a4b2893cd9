package dev.evergate.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A value that must not be shown: a token, a password, an API key. Immutable and thread-safe.
 *
 * <p>{@link #toString} hides it, so that no log line or error can carry it by accident; only {@link
 * #reveal} gives it away, and each call of that is a place to review.
 */
public final class Secret {
    private static final Secret NONE = new Secret("");

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** A secret holding {@code value}; blank around it is kept. */
    public static Secret of(String value) {
        return value.isEmpty() ? NONE : new Secret(value);
    }

    /** The absent secret. */
    public static Secret none() {
        return NONE;
    }

    /** The value itself, for the one place that sends or compares it. */
    public String reveal() {
        return value;
    }

    /** Whether there is a value at all. */
    public boolean isPresent() {
        return !value.isEmpty();
    }

    /** Compares in constant time. An absent secret matches nothing, not even an empty string. */
    public boolean matches(String candidate) {
        return isPresent()
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8),
                        candidate.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && value.equals(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return isPresent() ? "(secret)" : "(none)";
    }
}
