package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Conversations and their transcripts. Writes need the gateway lease. */
public interface Sessions {
    Optional<Session> find(String key);

    /** The conversation whose current window this is. */
    Optional<Session> ofWindow(String sessionId);

    /** Newest change first, or those that were pinned before the others. */
    Listing list(Query query);

    /**
     * The groups that conversations are shown in ({@link SessionDetails.Text#CATEGORY}), in
     * alphabetical order.
     */
    List<String> categories();

    /** Creates a conversation; one that exists is returned unchanged. */
    Session create(Epoch epoch, NewSession session);

    /** Starts a new, empty window of a conversation, creating the conversation if it is missing. */
    Session reset(Epoch epoch, NewSession session);

    /**
     * Changes label and details of a conversation, creating it if it is missing. What has been read
     * makes no conversation newer.
     *
     * @param change sees it as it is and says how it is to be; it may refuse by throwing, and
     *     nothing is changed then. Other properties than those two are not looked at.
     */
    Changed change(Epoch epoch, NewSession orElse, UnaryOperator<Session> change);

    /**
     * Removes a conversation with all its windows; false if there is none. A running turn of it
     * still ends.
     */
    boolean delete(Epoch epoch, String key);

    /** Appends a row that belongs to no turn, creating the conversation if it is missing. */
    TranscriptRow append(Epoch epoch, NewSession session, TurnJournal.NewRow row);

    /**
     * A stretch of the current window, oldest first: the newest {@code limit} rows (1 or more)
     * after leaving out the newest {@code offset}.
     */
    Page page(String key, int limit, int offset);

    /**
     * The rows after a position, oldest first, {@code limit} at most. Empty if the window is not
     * known.
     */
    List<TranscriptRow> after(String sessionId, long seq, int limit);

    /** A row by its id, in any window of a conversation. */
    Optional<TranscriptRow> row(String key, String rowId);

    /** Rows a window has, whether it is a conversation's current one or not; 0 if not known. */
    long length(String key, String sessionId);

    /**
     * What stands for the beginning of a window, as of a position: the newest such row before it.
     */
    Optional<Compaction> compaction(String sessionId, long seq);

    /**
     * Adds a row that stands for the beginning of a window; empty, and nothing is changed, if that
     * is not the current window of its conversation, or another row stands for its beginning by
     * now.
     */
    Optional<TranscriptRow> shorten(Epoch epoch, Shortening shortening);

    /**
     * @param row kind {@code COMPACTION} or {@code NOTICE}
     * @param coversSeq the last row it stands for
     * @param coveredSeq what is known to be stood for so far; 0 for nothing
     */
    record Shortening(
            String sessionId,
            TurnJournal.NewRow row,
            long coversSeq,
            long coveredSeq,
            long nowMs) {}

    /** A conversation before and after a change. */
    record Changed(Session before, Session after) {}

    /**
     * @param limit 1 or more
     */
    record Query(int limit, int offset, Filter filter, boolean pinnedFirst) {
        /** All but for two properties, newest change first; see {@link Filter}. */
        public Query(int limit, int offset, String search, String agentId) {
            this(limit, offset, new Filter(search, "", agentId, 0, Archived.ALL), false);
        }
    }

    /**
     * Which conversations are meant.
     *
     * @param search part of key, label or name, without regard to case; empty for all
     * @param label the whole of it; empty for all
     * @param agentId empty for all
     * @param changedSinceMs wall clock; 0 for all
     */
    record Filter(
            String search, String label, String agentId, long changedSinceMs, Archived archived) {}

    /** Whether conversations that were put aside are meant. */
    enum Archived {
        NO,
        ONLY,
        ALL
    }

    /** Some sessions of all that match. */
    record Listing(List<Session> sessions, int total) {
        public Listing {
            sessions = List.copyOf(sessions);
        }
    }

    /** A conversation to be made. {@code label} may be empty. */
    record NewSession(
            String key,
            String sessionId,
            String agentId,
            String label,
            long nowMs,
            SessionDetails details) {
        /** One for which nothing is settled. */
        public NewSession(String key, String sessionId, String agentId, String label, long nowMs) {
            this(key, sessionId, agentId, label, nowMs, SessionDetails.NONE);
        }
    }

    /**
     * @param session empty if the conversation does not exist
     * @param total rows in the window
     */
    record Page(Optional<Session> session, List<TranscriptRow> rows, long total) {
        public Page {
            rows = List.copyOf(rows);
        }
    }
}
