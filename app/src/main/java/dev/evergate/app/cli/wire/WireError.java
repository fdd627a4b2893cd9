package dev.evergate.app.cli.wire;

import tools.jackson.databind.JsonNode;

import java.util.List;

/**
 * An error as the gateway reports it.
 *
 * @param detail {@code details.code}, else {@code details.reason}; may be empty
 * @param issues {@code details.issues}, each with its path before it; empty for most errors
 */
public record WireError(
        String code,
        String message,
        String detail,
        boolean isRetryable,
        long retryAfterMs,
        List<String> issues) {
    public WireError {
        issues = List.copyOf(issues);
    }

    /** Whether the same request may succeed shortly. */
    public boolean isPassing() {
        return isRetryable && code.equals("UNAVAILABLE");
    }

    public static WireError of(JsonNode error) {
        JsonNode details = error.path("details");
        return new WireError(
                error.path("code").asString("UNKNOWN"),
                error.path("message").asString("the gateway gave no reason"),
                details.path("code").asString(details.path("reason").asString("")),
                error.path("retryable").asBoolean(false),
                error.path("retryAfterMs").asLong(0),
                details.path("issues").valueStream().map(WireError::issue).toList());
    }

    private static String issue(JsonNode issue) {
        String path = issue.path("path").asString("");
        String message = issue.path("message").asString("");
        return path.isEmpty() ? message : path + ": " + message;
    }
}
