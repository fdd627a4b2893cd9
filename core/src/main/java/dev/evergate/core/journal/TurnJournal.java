package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/**
 * The turns: one per accepted message, from its first attempt to its terminal state.
 *
 * <p>{@link #begin} needs the gateway lease. From then on the turn has a lease of its own, held by
 * the epoch that began its latest attempt: {@link #checkpoint} and {@link #finish} of any other
 * epoch are {@code FENCED}.
 */
public interface TurnJournal {
    /**
     * Starts an attempt, in one commit: creates the session if it is missing, and at the first
     * attempt the turn and the transcript row of the user's message; at a later one counts the
     * attempt.
     *
     * @throws dev.evergate.core.fault.EvergateException {@code INVALID_REQUEST} if the turn has
     *     ended already
     */
    Begun begin(Epoch epoch, Beginning beginning);

    /**
     * Keeps the text that has been shown so far, so that a crash loses no more than what came
     * after.
     */
    void checkpoint(Epoch epoch, String runId, String partialText);

    /**
     * Ends a turn, in one commit: its state, its transcript rows, its deliveries and the fate of
     * its message (I21). Returns the rows with their positions; none if the conversation was
     * deleted meanwhile. The same ending given again is answered as the first time.
     */
    List<TranscriptRow> finish(Epoch epoch, Ending ending);

    Optional<Turn> find(String runId);

    /**
     * What an ended turn said: the last row it added. Empty while it runs, or if it said nothing.
     */
    Optional<TranscriptRow> reply(String runId);

    /**
     * What is needed to start an attempt.
     *
     * @param message the accepted message
     * @param agentId who answers
     * @param newSessionId used if the conversation has no session yet
     * @param rowId id of the user's transcript row, used at the first attempt
     * @param kind how the user's row counts
     * @param nowMs wall clock, Unix milliseconds
     */
    record Beginning(
            AcceptedMessage message,
            String agentId,
            String newSessionId,
            String rowId,
            TranscriptRow.Kind kind,
            long nowMs) {}

    /**
     * A started attempt.
     *
     * @param userRow the transcript row of the message, also at later attempts
     */
    record Begun(Turn turn, Session session, TranscriptRow userRow) {}

    /**
     * How a turn ends.
     *
     * @param rows what is added to the transcript: a reply, a partial one, a notice
     * @param deliveries what is to be sent to a channel
     * @param error why it failed, for people; empty if it did not
     */
    record Ending(
            String runId,
            Turn.State state,
            List<NewRow> rows,
            List<Outbox.NewDelivery> deliveries,
            String error,
            long nowMs) {
        public Ending {
            rows = List.copyOf(rows);
            deliveries = List.copyOf(deliveries);
        }
    }

    /** A transcript row that has no position yet. */
    record NewRow(
            String id,
            TranscriptRow.Role role,
            TranscriptRow.Kind kind,
            Content content,
            TranscriptRow.Provenance provenance) {

        /** A row of plain text. */
        public NewRow(
                String id,
                TranscriptRow.Role role,
                TranscriptRow.Kind kind,
                String text,
                TranscriptRow.Provenance provenance) {
            this(id, role, kind, Content.text(text), provenance);
        }

        /** Its text alone. */
        public String text() {
            return content.text();
        }
    }
}
