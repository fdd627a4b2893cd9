package dev.evergate.core.journal;

import dev.evergate.core.journal.SessionDetails.Moment;

/**
 * One conversation and its current window.
 *
 * @param key where the context lives, such as {@code agent:main:main}
 * @param sessionId the current window; a reset starts another
 * @param label given by a person; empty if none
 * @param updatedAtMs last change, wall clock
 * @param lastSeq position of the newest transcript row; 0 when there is none
 * @param preview start of the newest message; empty if none
 * @param title start of what a person said first; empty if nobody has
 * @param spokenAtMs when the newest row was added, wall clock; 0 when there is none
 * @param details what was settled for it
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
        String preview,
        String title,
        long spokenAtMs,
        SessionDetails details) {

    /** One in which nobody has said anything and for which nothing is settled. */
    public Session(
            String key,
            String sessionId,
            String agentId,
            String label,
            long createdAtMs,
            long updatedAtMs) {
        this(
                key,
                sessionId,
                agentId,
                label,
                createdAtMs,
                updatedAtMs,
                0,
                0,
                0,
                "",
                "",
                0,
                SessionDetails.NONE);
    }

    public Session with(SessionDetails other) {
        return with(label, other);
    }

    public Session with(String otherLabel) {
        return with(otherLabel, details);
    }

    private Session with(String otherLabel, SessionDetails otherDetails) {
        return new Session(
                key,
                sessionId,
                agentId,
                otherLabel,
                createdAtMs,
                updatedAtMs,
                lastSeq,
                inputTokens,
                outputTokens,
                preview,
                title,
                spokenAtMs,
                otherDetails);
    }

    /** Whether something was said that nobody has seen, as far as clients have told. */
    public boolean isUnread() {
        return details.has(Moment.MARKED_UNREAD)
                || spokenAtMs > details.moment(Moment.READ).orElse(0);
    }
}
