package dev.evergate.testkit.journal;

import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.journal.Restarts;

import java.util.List;
import java.util.Optional;

/** The restarts of a {@link MemoryJournal}. */
record MemoryRestarts(MemoryJournal journal) implements Restarts {
    private static final int KEPT = 200;

    @Override
    public void add(RestartReport report) {
        int _ =
                journal.atomically(
                        () -> {
                            var restarts = journal.disk().restarts;
                            restarts.put(report.generation(), report);
                            while (restarts.size() > KEPT) {
                                restarts.pollFirstEntry();
                            }
                            return 0;
                        });
    }

    @Override
    public List<RestartReport> newest(int limit) {
        return journal.atomically(
                () ->
                        journal.disk().restarts.descendingMap().values().stream()
                                .limit(limit)
                                .toList());
    }

    @Override
    public Optional<RestartReport> find(long generation) {
        return journal.atomically(
                () -> Optional.ofNullable(journal.disk().restarts.get(generation)));
    }
}
