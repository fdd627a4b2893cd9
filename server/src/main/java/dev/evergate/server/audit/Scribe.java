package dev.evergate.server.audit;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/** Writes down who did what. Thread-safe; blocks on the store where it says so. */
public final class Scribe {
    /** So many entries an hour about what came in, and about what did not. */
    private static final int DONE_PER_HOUR = 120;

    private static final int REFUSED_PER_HOUR = 60;
    private static final long MINUTE_MS = 60_000;

    private static final Logger log = LoggerFactory.getLogger(Scribe.class);

    private final World world;
    private final Audit audit;
    private final long generation;
    private final Tally done;
    private final Tally refused;

    /**
     * @param generation that writes
     */
    public Scribe(World world, Audit audit, long generation) {
        this.world = world;
        this.audit = audit;
        this.generation = generation;
        this.done = new Tally(DONE_PER_HOUR, world.time().nanos());
        this.refused = new Tally(REFUSED_PER_HOUR, world.time().nanos());
    }

    /** Begins to write down by the minute what is counted. */
    public void start() {
        var _ =
                world.timers()
                        .every(
                                MINUTE_MS,
                                () -> world.tasks().start("audit", () -> writeCounts(true)));
    }

    /**
     * Writes down what is about to be done. Blocks on the store.
     *
     * @return the number of the entry; 0 if it could not be written and that is no hindrance
     * @throws EvergateException if it cannot be written and must be
     */
    public long asked(Actor actor, Act act, Auditing how) {
        try {
            return audit.append(note(0, actor, act, Note.ASKED, 1)).seq();
        } catch (EvergateException e) {
            if (how != Auditing.REQUIRED) {
                lost(act, e);
                return 0;
            }
            throw new EvergateException(
                    e.code(),
                    "%s is not done, because it cannot be written into the audit log: %s"
                            .formatted(act.action(), e.getMessage()),
                    e);
        }
    }

    /**
     * Writes down how it ended; what has been done stays done if that fails. Blocks on the store.
     *
     * @param asked what {@link #asked} returned
     */
    public void ended(long asked, Actor actor, Act act, String result) {
        try {
            AuditEntry _ = audit.append(note(asked, actor, act, result, 1));
        } catch (EvergateException e) {
            lost(act, e);
        }
    }

    /** Counts what somebody did who has been let in. Does not wait. */
    public void counted(Actor actor, Act act, String result) {
        count(done, new Tally.Key(actor, act, result));
    }

    /** Counts what somebody tried who may not. Does not wait. */
    public void refused(Actor actor, Act act, String result) {
        count(refused, new Tally.Key(actor, act, result));
    }

    private void count(Tally tally, Tally.Key key) {
        if (tally.add(key, 1)) {
            world.tasks().start("audit", () -> writeCounts(false));
        }
    }

    private void writeCounts(boolean isMinuteOver) {
        for (Tally tally : List.of(done, refused)) {
            write(tally, tally.take(world.time().nanos(), isMinuteOver));
        }
    }

    /** Writes down what has been counted and not been written. Blocks on the store. */
    public void close() {
        for (Tally tally : List.of(done, refused)) {
            write(tally, tally.takeAll());
        }
    }

    private void write(Tally tally, List<Tally.Due> due) {
        for (Tally.Due counted : due) {
            Tally.Key key = counted.key();
            try {
                AuditEntry _ =
                        audit.append(
                                note(0, key.actor(), key.act(), key.result(), counted.times()));
            } catch (EvergateException e) {
                log.debug("Not in the audit log yet: {}", e.getMessage());
                boolean _ = tally.add(key, counted.times());
            }
        }
    }

    private Note note(long answers, Actor actor, Act act, String result, long times) {
        return new Note(world.time().wallMillis(), generation, answers, actor, act, result, times);
    }

    private static void lost(Act act, EvergateException why) {
        log.error("{} is not in the audit log: {}", act.action(), why.getMessage());
    }
}
