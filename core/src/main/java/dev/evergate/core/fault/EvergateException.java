package dev.evergate.core.fault;

import java.util.Objects;

/**
 * An operating error: something outside the code is not as it must be.
 *
 * <p>The message is for a person: what happened, the offending value, what was expected, the
 * command that helps. It never carries a secret.
 */
public final class EvergateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public EvergateException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public EvergateException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    public ErrorCode code() {
        return code;
    }
}
