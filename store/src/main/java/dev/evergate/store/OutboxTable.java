package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Outbox;

import java.sql.SQLException;
import java.util.List;

/** What is to be sent. Thread-safe. */
final class OutboxTable implements Outbox {
    private static final String INSERT =
            """
            INSERT INTO outbox (delivery_id, run_id, channel, account, target, text, state,
                attempts, next_attempt_at_ms, receipt)
            VALUES (?, ?, ?, ?, ?, ?, 'PENDING', 0, ?, '')
            """;

    private static final String DUE =
            """
            SELECT delivery_id, channel, account, target, text, run_id, state, attempts,
                next_attempt_at_ms, receipt
            FROM outbox
            WHERE state IN ('PENDING', 'SENDING', 'UNKNOWN') AND next_attempt_at_ms <= ?
            ORDER BY position
            LIMIT ?
            """;

    private static final String MARK =
            """
            UPDATE outbox
            SET state = ?, attempts = attempts + ?, receipt = ?, next_attempt_at_ms = ?
            WHERE delivery_id = ?
            """;

    private final SqlStore store;
    private final LeaseTable leases;

    OutboxTable(SqlStore store, LeaseTable leases) {
        this.store = store;
        this.leases = leases;
    }

    @Override
    public List<Delivery> due(long nowMs, int limit) {
        return store.read(c -> c.list(DUE, OutboxTable::delivery, nowMs, limit));
    }

    @Override
    public void mark(
            Epoch epoch, String deliveryId, State state, String receipt, long nextAttemptAtMs) {
        int attempt = state == State.SENDING ? 1 : 0;
        int marked =
                store.write(
                        c -> {
                            leases.require(c, epoch);
                            return c.update(
                                    MARK,
                                    state.name(),
                                    attempt,
                                    receipt,
                                    nextAttemptAtMs,
                                    deliveryId);
                        });
        if (marked == 0) {
            throw new EvergateException(
                    ErrorCode.NOT_FOUND, "There is no delivery %s".formatted(deliveryId));
        }
    }

    /** Takes up a delivery; it is due at once. */
    static void add(StoreConnection c, String runId, NewDelivery delivery, long nowMs)
            throws SQLException {
        int _ =
                c.update(
                        INSERT,
                        delivery.id(),
                        runId,
                        delivery.channel(),
                        delivery.account(),
                        delivery.target(),
                        delivery.text(),
                        nowMs);
    }

    private static Delivery delivery(Row row) throws SQLException {
        return new Delivery(
                new NewDelivery(row.text(), row.text(), row.text(), row.text(), row.text()),
                row.text(),
                row.constant(State.class),
                row.count(),
                row.number(),
                row.text());
    }
}
