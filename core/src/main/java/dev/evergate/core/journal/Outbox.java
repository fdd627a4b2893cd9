package dev.evergate.core.journal;

import java.util.List;

/**
 * What is to be sent to a channel. Rows come into being with the end of their turn ({@link
 * TurnJournal#finish}).
 */
public interface Outbox {
    /**
     * Deliveries that are due, oldest first: all that are neither {@code SENT} nor {@code DEAD} and
     * whose next attempt has come. One found {@code SENDING} or {@code UNKNOWN} is in doubt.
     */
    List<Delivery> due(long nowMs, int limit);

    /**
     * Moves a delivery on; {@code SENDING} counts as an attempt. {@code receipt} is what the
     * platform called it, or why it failed; may be empty.
     */
    void mark(Epoch epoch, String deliveryId, State state, String receipt, long nextAttemptAtMs);

    /** Where a delivery stands. */
    enum State {
        PENDING,
        SENDING,
        SENT,
        /** Sent, but the answer was lost: never repeated blindly. */
        UNKNOWN,
        DEAD
    }

    /** A delivery to be made; {@code id} is also its idempotency key at the platform. */
    record NewDelivery(String id, String channel, String account, String target, String text) {}

    /** A stored delivery. */
    record Delivery(
            NewDelivery content,
            String runId,
            State state,
            int attempts,
            long nextAttemptAtMs,
            String receipt) {}
}
