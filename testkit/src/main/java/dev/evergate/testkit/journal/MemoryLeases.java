package dev.evergate.testkit.journal;

import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;

import java.util.Optional;
import java.util.function.Predicate;

/** The gateway lease of a {@link MemoryJournal}. */
record MemoryLeases(MemoryJournal journal) implements Leases {
    @Override
    public Outcome take(Holder holder, Predicate<Holder> isGone) {
        return journal.atomically(
                () -> {
                    MemoryDisk disk = journal.disk();
                    if (disk.holder.isPresent() && !isGone.test(disk.holder.get())) {
                        return new Outcome.Held(disk.holder.get());
                    }
                    disk.epoch++;
                    disk.holder = Optional.of(holder);
                    return new Outcome.Taken(new Epoch(disk.epoch));
                });
    }

    @Override
    public void release(Epoch epoch) {
        int _ =
                journal.atomically(
                        () -> {
                            if (journal.disk().epoch == epoch.value()) {
                                journal.disk().holder = Optional.empty();
                            }
                            return 0;
                        });
    }
}
