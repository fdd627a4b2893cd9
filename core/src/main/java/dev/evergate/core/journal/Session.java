package dev.evergate.core.journal;

/**
 * One conversation and its current window.
 *
 * @param key where the context lives, such as {@code agent:main:main}
 * @param sessionId the current window; a reset starts another
 * @param label given by a person; empty if none
 * @param updatedAtMs last change, wall clock
 * @param lastSeq position of the newest transcript row; 0 when there is none
 * @param preview start of the newest message; empty if none
 */
public record Session(
        String key,
        String sessionId,
        String agentId,
        String label,
        long createdAtMs,
        long updatedAtMs,
        long lastSeq,
        long inputTokens,
        long outputTokens,
        String preview) {}
