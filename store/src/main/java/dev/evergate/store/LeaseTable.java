package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;

import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Predicate;

/** The gateway lease, and the fence that every fenced write passes. Thread-safe. */
final class LeaseTable implements Leases {
    private static final String FIND =
            """
            SELECT epoch, held, instance, generation
            FROM leases
            WHERE name = 'gateway'
            """;

    private static final String TAKE =
            """
            INSERT INTO leases (name, epoch, held, instance, generation)
            VALUES ('gateway', ?, 1, ?, ?)
            ON CONFLICT (name) DO UPDATE
            SET epoch = excluded.epoch, held = 1,
                instance = excluded.instance, generation = excluded.generation
            """;

    private static final String RELEASE =
            """
            UPDATE leases
            SET held = 0
            WHERE name = 'gateway' AND epoch = ?
            """;

    private final SqlStore store;
    private final Database database;

    LeaseTable(SqlStore store, Database database) {
        this.store = store;
        this.database = database;
    }

    /** What the row says. */
    private record Lease(long epoch, boolean isHeld, Holder holder) {}

    /**
     * {@code isGone} is asked outside of the transaction; the lease is taken only if it is still
     * what was asked about. Whoever gets it brings the store to the schema of its release in the
     * same transaction: both happen, or neither.
     */
    @Override
    public Outcome take(Holder holder, Predicate<Holder> isGone) {
        while (true) {
            Optional<Lease> seen = store.read(LeaseTable::find);
            Optional<Holder> by = seen.filter(Lease::isHeld).map(Lease::holder);
            if (by.isPresent() && !isGone.test(by.get())) {
                return new Outcome.Held(by.get());
            }
            Optional<Epoch> taken = store.write(c -> takeIfUnchanged(c, seen, holder));
            if (taken.isPresent()) {
                return new Outcome.Taken(taken.get());
            }
        }
    }

    @Override
    public void release(Epoch epoch) {
        int _ = store.write(c -> c.update(RELEASE, epoch.value()));
    }

    /** Lets the holder of the gateway lease pass. */
    void require(StoreConnection c, Epoch epoch) throws SQLException {
        Optional<Lease> lease = find(c);
        if (lease.filter(l -> l.isHeld() && l.epoch() == epoch.value()).isEmpty()) {
            throw fenced(
                    epoch,
                    lease.map(
                                            l ->
                                                    "the gateway lease is "
                                                            + (l.isHeld()
                                                                    ? "held by"
                                                                    : "free after"))
                                    .orElse("nobody took the gateway lease yet, expected")
                            + " epoch "
                            + lease.map(Lease::epoch).orElse(1L));
        }
    }

    static EvergateException fenced(Epoch epoch, String why) {
        return new EvergateException(
                ErrorCode.FENCED, "Epoch %d may not write this: %s".formatted(epoch.value(), why));
    }

    private Optional<Epoch> takeIfUnchanged(StoreConnection c, Optional<Lease> seen, Holder holder)
            throws SQLException {
        if (!find(c).equals(seen)) {
            return Optional.empty();
        }
        database.migrate(c);
        long epoch = seen.map(Lease::epoch).orElse(0L) + 1;
        int _ = c.update(TAKE, epoch, holder.instance(), holder.generation());
        return Optional.of(new Epoch(epoch));
    }

    private static Optional<Lease> find(StoreConnection c) throws SQLException {
        return c.first(
                FIND,
                row ->
                        new Lease(
                                row.number(),
                                row.number() == 1,
                                new Holder(row.text(), row.number())));
    }
}
