package dev.evergate.app.sim;

import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.testkit.time.SimWorld;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Turns whose beginning the disk takes its time for. */
final class SlowBeginnings implements TurnJournal {
    private static final long LIMIT_MS = 60_000;

    private final TurnJournal turns;
    private final SimWorld world;
    private final LongSupplier delayMs;
    private boolean isHeld;

    /**
     * @param delayMs asked at each beginning
     */
    SlowBeginnings(TurnJournal turns, SimWorld world, LongSupplier delayMs) {
        this.turns = turns;
        this.world = world;
        this.delayMs = delayMs;
    }

    Journal in(Journal journal) {
        return new TamperedJournal(journal, journal.inbox(), this);
    }

    void hold() {
        isHeld = true;
    }

    void letGo() {
        isHeld = false;
    }

    @Override
    public Begun begin(Epoch epoch, Beginning beginning) {
        long delay = delayMs.getAsLong();
        if (delay > 0) {
            world.pause(delay);
        }
        boolean _ = world.await(() -> !isHeld, LIMIT_MS);
        return turns.begin(epoch, beginning);
    }

    @Override
    public void checkpoint(Epoch epoch, String runId, String partialText) {
        turns.checkpoint(epoch, runId, partialText);
    }

    @Override
    public List<TranscriptRow> finish(Epoch epoch, Ending ending) {
        return turns.finish(epoch, ending);
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
