package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/**
 * The audit log as those see it who read it. Every entry holds the hash of the one before, so that
 * nobody can change, take out or move one without being noticed ({@link AuditCheck}).
 *
 * <p>Thread-safe; methods block on the store.
 */
public interface AuditTrail {
    /** The newest entries that fit, newest first. */
    List<AuditEntry> newest(Query query);

    /** The entries behind that one, in order, {@code limit} (1 or more) at most. */
    List<AuditEntry> after(long seq, int limit);

    /** What stands before the first entry that is kept: the last one that was let go. */
    Mark root();

    /**
     * The last entry, as it is noted outside of the log, so that it is noticed if the end is cut
     * off; empty if there is no such note. It may be some entries behind.
     */
    Optional<Mark> mark();

    /** One entry, by its number and its hash. */
    record Mark(long seq, String hash) {
        /** What stands before the first entry of all. */
        public static final Mark START = new Mark(0, AuditEntry.NOTHING);
    }

    /**
     * Which entries.
     *
     * @param sinceMs wall clock; 0 for all
     * @param beforeSeq only those before this one; 0 for all
     * @param actor what one of the fields of the actor is; empty for anybody
     * @param action what the action begins with; empty for any
     * @param limit how many at most, 1 to {@value #LIMIT_MAX}
     */
    record Query(long sinceMs, long beforeSeq, String actor, String action, int limit) {
        /** More are not given at once. */
        public static final int LIMIT_MAX = 1_000;

        public Query {
            if (limit < 1 || limit > LIMIT_MAX) {
                throw new IllegalArgumentException(
                        "limit: %d (expected: 1 to %d)".formatted(limit, LIMIT_MAX));
            }
        }
    }
}
