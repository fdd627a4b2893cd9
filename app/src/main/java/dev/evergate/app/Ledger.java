package dev.evergate.app;

import dev.evergate.app.config.Witness;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Query;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Locale;

/**
 * Writes into the audit log what the gateway does without being asked by a client. What cannot be
 * written happens all the same: it is told in the log. Thread-safe.
 */
final class Ledger implements Witness {
    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    private static final String PROOF = "evergate audit verify";

    private final World world;
    private final Audit audit;
    private final long generation;
    private volatile boolean isBroken;

    Ledger(World world, Audit audit, long generation) {
        this.world = world;
        this.audit = audit;
        this.generation = generation;
    }

    /** This generation serves from now on. Does not wait. */
    void serves(Epoch epoch, StartMode mode) {
        String detail =
                "epoch %d, version %s, mode %s"
                        .formatted(
                                epoch.value(),
                                Version.current(),
                                mode.name().toLowerCase(Locale.ROOT));
        Act act = act("gateway.serve", "generation=" + generation, detail);
        world.tasks()
                .start(
                        "audit",
                        () -> {
                            write(Actor.system(), act, Note.OK);
                            look();
                        });
    }

    /** Whether the log was changed from outside before this generation went on with it. */
    private void look() {
        try {
            isBroken =
                    audit.newest(new Query(0, 0, "", Audit.BROKEN, 1)).stream()
                            .anyMatch(entry -> entry.note().generation() == generation);
        } catch (EvergateException e) {
            log.warn("The audit log cannot be read: {}", e.getMessage());
        }
        if (isBroken) {
            log.error("The audit log was changed from outside; see: {}", PROOF);
        }
    }

    /** What a person should know about the log. Does not wait. */
    List<String> notices() {
        return isBroken
                ? List.of("audit-broken: the audit log was changed from outside; see: " + PROOF)
                : List.of();
    }

    /** This generation ends. Does not wait. */
    void ends() {
        Act act = act("gateway.end", "generation=" + generation, "");
        world.tasks().start("audit", () -> write(Actor.system(), act, Note.OK));
    }

    /** A restart is over. Blocks on the store. */
    void restarted(RestartReport report) {
        String target = "generation=%d from=%d".formatted(report.generation(), report.from());
        write(Actor.system(), act("gateway.restart", target, report.cause()), report.result());
    }

    @Override
    public void changed(Entry kept, String before, String after) {
        String by = kept.by().name().toLowerCase(Locale.ROOT);
        Act act =
                act(
                        "config.change",
                        "number=%d before=%s after=%s".formatted(kept.number(), before, after),
                        kept.plan());
        write(
                new Actor(by, "", "", kept.who(), "", ""),
                act,
                kept.state().name().toLowerCase(Locale.ROOT));
    }

    private static Act act(String action, String target, String detail) {
        return new Act(action, target, "", detail);
    }

    private void write(Actor actor, Act act, String result) {
        Note note = new Note(world.time().wallMillis(), generation, 0, actor, act, result, 1);
        try {
            AuditEntry written = audit.append(note);
            log.info(
                    "{} {}: entry {} of the audit log, {}",
                    act.action(),
                    result,
                    written.seq(),
                    written.hash());
        } catch (EvergateException e) {
            log.error("{} is not in the audit log: {}", act.action(), e.getMessage());
        }
    }
}
