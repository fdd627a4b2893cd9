package dev.evergate.app.sim;

import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Broken on purpose: begins a turn whoever holds the lease. */
final class UnfencedTurns implements TurnJournal {
    private static final Holder NOBODY = new Holder("nobody", 0);

    private final Leases leases;
    private final TurnJournal turns;

    /** What the epoch of a turn would be if its beginning had been refused by nobody. */
    private final Map<String, Epoch> begun = new HashMap<>();

    UnfencedTurns(Journal journal) {
        this.leases = journal.leases();
        this.turns = journal.turns();
    }

    @Override
    public Begun begin(Epoch epoch, Beginning beginning) {
        var taken = (Leases.Outcome.Taken) leases.take(NOBODY, _ -> true);
        begun.put(beginning.message().message().runId(), taken.epoch());
        return turns.begin(taken.epoch(), beginning);
    }

    @Override
    public void checkpoint(Epoch epoch, String runId, String partialText) {
        turns.checkpoint(begun.getOrDefault(runId, epoch), runId, partialText);
    }

    @Override
    public List<TranscriptRow> finish(Epoch epoch, Ending ending) {
        return turns.finish(begun.getOrDefault(ending.runId(), epoch), ending);
    }

    @Override
    public Optional<Turn> find(String runId) {
        return turns.find(runId);
    }

    @Override
    public Optional<TranscriptRow> reply(String runId) {
        return turns.reply(runId);
    }
}
