package dev.evergate.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Why a model gave no whole answer, in terms that decide what happens next. */
public final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it was. */
    public enum Kind {
        /** The address does not answer: name, refused, TLS, timeout before the first byte. */
        UNREACHABLE(true),
        /** The key was not accepted. */
        UNAUTHORIZED(false),
        /** Too many requests, or no quota for now. */
        RATE_LIMITED(true),
        /** The provider says that it is broken or overloaded (5xx). */
        OVERLOADED(true),
        /** The request itself was refused (other 4xx): unknown model, too long, malformed. */
        REFUSED(false),
        /** The answer broke off: cut, silent for too long, or not understandable. */
        BROKEN(true),
        /** The caller cancelled. */
        CANCELLED(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same request may succeed later. */
        public boolean isRetryable() {
            return retryable;
        }
    }

    private final Kind kind;
    private final transient Optional<Duration> retryAfter;

    /**
     * @param kind decides about retries
     * @param message for a person: which provider and address, what was expected; never a secret
     * @param retryAfter how long the provider asked us to wait
     */
    public ModelException(Kind kind, String message, Optional<Duration> retryAfter) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public ModelException(Kind kind, String message) {
        this(kind, message, Optional.empty());
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    public Kind kind() {
        return kind;
    }

    /** How long the provider asked us to wait before the next try. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
