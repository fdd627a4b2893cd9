package dev.evergate.core.conversation;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

/**
 * Says which agent and which conversation a session key means. A pure function of key and
 * configuration.
 */
public final class Router {
    /** Longest session key, in characters (protocol: {@code sessionKey} maxLength). */
    private static final int KEY_CHARS_MAX = 512;

    private Router() {}

    /**
     * A conversation's address.
     *
     * @param sessionKey canonical, such as {@code agent:main:main}
     */
    public record Route(String sessionKey, String agentId) {}

    /**
     * Resolves a key as a client gives it: {@code main} is the default agent's main conversation,
     * {@code agent:<id>:<rest>} is taken as it is, anything else belongs to the default agent.
     *
     * @throws EvergateException {@code INVALID_REQUEST} if no such agent exists or the key is blank
     *     or too long
     */
    public static Route route(String key, ConfigSnapshot config) {
        String trimmed = key.strip();
        if (trimmed.isEmpty() || trimmed.length() > KEY_CHARS_MAX) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "sessionKey has %d characters (expected: 1 to %d)"
                            .formatted(trimmed.length(), KEY_CHARS_MAX));
        }
        String defaultId = config.agents().defaultId();
        if (!trimmed.startsWith("agent:")) {
            return new Route("agent:" + defaultId + ":" + trimmed, defaultId);
        }
        String[] parts = trimmed.split(":", 3);
        if (parts.length < 3 || parts[2].isBlank()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "sessionKey \"%s\" has no conversation (expected: agent:<id>:<name>)"
                            .formatted(trimmed));
        }
        if (!parts[1].equals(defaultId)) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "unknown agent id \"%s\" (expected: %s)".formatted(parts[1], defaultId));
        }
        return new Route(trimmed, defaultId);
    }
}
