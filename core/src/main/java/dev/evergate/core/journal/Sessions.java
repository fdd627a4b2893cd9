package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/** Conversations and their transcripts. Writes need the gateway lease. */
public interface Sessions {
    Optional<Session> find(String key);

    /** Newest change first. */
    Listing list(Query query);

    /** Creates a conversation; one that exists is returned unchanged. */
    Session create(Epoch epoch, NewSession session);

    /** Starts a new, empty window of a conversation, creating the conversation if it is missing. */
    Session reset(Epoch epoch, NewSession session);

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

    /**
     * @param limit 1 or more
     * @param search part of key or label, without regard to case; empty for all
     * @param agentId empty for all
     */
    record Query(int limit, int offset, String search, String agentId) {}

    /** Some sessions of all that match. */
    record Listing(List<Session> sessions, int total) {
        public Listing {
            sessions = List.copyOf(sessions);
        }
    }

    /** A conversation to be made. {@code label} may be empty. */
    record NewSession(String key, String sessionId, String agentId, String label, long nowMs) {}

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
