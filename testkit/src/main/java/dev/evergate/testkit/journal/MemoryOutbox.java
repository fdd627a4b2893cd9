package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Outbox;

import java.util.List;
import java.util.Set;

/** The outbox of a {@link MemoryJournal}. */
record MemoryOutbox(MemoryJournal journal) implements Outbox {
    private static final Set<State> OPEN = Set.of(State.PENDING, State.SENDING, State.UNKNOWN);

    @Override
    public List<Delivery> due(long nowMs, int limit) {
        return journal.atomically(
                () ->
                        journal.disk().deliveries.values().stream()
                                .filter(delivery -> OPEN.contains(delivery.state()))
                                .filter(delivery -> delivery.nextAttemptAtMs() <= nowMs)
                                .limit(limit)
                                .toList());
    }

    @Override
    public void mark(
            Epoch epoch, String deliveryId, State state, String receipt, long nextAttemptAtMs) {
        Delivery _ =
                journal.atomically(
                        () -> {
                            journal.disk().require(epoch);
                            Delivery known = journal.disk().deliveries.get(deliveryId);
                            if (known == null) {
                                throw new EvergateException(
                                        ErrorCode.NOT_FOUND, "There is no delivery " + deliveryId);
                            }
                            int attempts = known.attempts() + (state == State.SENDING ? 1 : 0);
                            var marked =
                                    new Delivery(
                                            known.content(),
                                            known.runId(),
                                            state,
                                            attempts,
                                            nextAttemptAtMs,
                                            receipt);
                            journal.disk().deliveries.put(deliveryId, marked);
                            return marked;
                        });
    }
}
