package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.TranscriptRow;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What can be done with conversations besides talking.
 *
 * <p>Thread-safe. Methods block on the store and belong on a virtual thread; what they return after
 * a write is durable. A key may be given as clients give it.
 */
public interface Conversations {
    /**
     * Creates a conversation, under a new key if {@code key} is empty; one that exists is returned
     * unchanged.
     *
     * @param label may be empty
     */
    Session create(String key, String label, SessionDetails details);

    /**
     * Changes label and details of a conversation, creating it if it is missing.
     *
     * @param change sees it as it is and says how it is to be; it may refuse by throwing
     */
    Session change(String key, UnaryOperator<Session> change);

    /** The conversation whose current window this is. */
    Optional<Session> ofWindow(String sessionId);

    /** The key of the conversation that a run belongs to; empty if no such run is known. */
    Optional<String> ofRun(String runId);

    /** The groups that conversations are shown in, in alphabetical order. */
    List<String> categories();

    /** A row by its id, in any window of the conversation. */
    Optional<TranscriptRow> row(String key, String rowId);

    /**
     * Puts words into the agent's mouth: readers see them at once, and models with the next
     * message.
     *
     * @throws EvergateException INVALID_REQUEST if there is no such conversation
     */
    TranscriptRow inject(String key, String text);

    /**
     * Has everything but the end of a conversation summed up for models; people still see it.
     * Blocks until a model has done so.
     *
     * @param hint what to look out for; may be empty
     * @throws EvergateException INVALID_REQUEST if there is no such conversation
     */
    Compacted compact(String key, String hint, CancelSignal cancel);

    /**
     * Leaves out everything but the newest rows for models; people still see them.
     *
     * @param rows 1 or more
     * @throws EvergateException INVALID_REQUEST if there is no such conversation
     */
    Compacted cutTo(String key, int rows);

    /** What of a conversation models see; empty if there is none. */
    Optional<Room> room(String key);

    /**
     * How much of a model's room a conversation takes, estimated.
     *
     * @param rows that stand for themselves
     * @param isShortened whether those before are summed up or left out
     */
    record Room(long tokens, long tokensMax, int rows, boolean isShortened) {}

    /** The refusal of a conversation that is not there. */
    static EvergateException unknown(String key) {
        return new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "session not found: %s (expected: a key that sessions.list shows)".formatted(key));
    }
}
