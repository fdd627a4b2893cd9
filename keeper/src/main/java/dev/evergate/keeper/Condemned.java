package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.keeper.watch.Dossier;
import dev.evergate.keeper.watch.Finding;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Generations that have to be killed: each is described first, which takes a second at most.
 *
 * <p>Thread-safety: confined to the keeper's loop; describing happens on threads of its own.
 */
final class Condemned {
    /** A description that is not done by then is not waited for; on a quiet machine it is. */
    static final long DESCRIBE_MS = 1_000;

    /** The same while the successor boots, so that nobody waits. */
    private static final long DESCRIBE_BESIDE_MS = 2_000;

    /** Of that, to save what has been learned. */
    private static final long SAVE_MS = 300;

    private final StateDirectory state;
    private final Mailbox mailbox;
    private final Limits limits;
    private final KeeperLog log;
    private final List<Case> cases = new ArrayList<>();

    private record Case(Generation generation, long killAtMs) {}

    Condemned(StateDirectory state, Mailbox mailbox, Limits limits, KeeperLog log) {
        this.state = state;
        this.mailbox = mailbox;
        this.limits = limits;
        this.log = log;
    }

    /**
     * Describes a generation and kills it, or kills it at once if nobody wants to wait; without
     * effect on one that is condemned already, unless nobody wants to wait.
     *
     * @param isReplaced whether the next one is launched before this one is dead
     * @param wedge what was found if it makes no progress
     */
    void add(Generation generation, Cause cause, boolean isReplaced, Finding.Wedged wedge) {
        String who = "Generation " + generation.number() + " (pid " + generation.pid() + ")";
        if (cause == Cause.STOP_NOW) {
            log.info("generation.stop-now", who + " is killed.");
            generation.kill();
            return;
        }
        for (Case known : cases) {
            if (known.generation() == generation) {
                return;
            }
        }
        long nowMs = HostTime.monotonicMs();
        String why =
                switch (cause) {
                    case ZOMBIE ->
                            who
                                    + " had finished but was still there "
                                    + limits.exitMs()
                                    + " ms later";
                    case WEDGED -> who + " makes no progress: " + wedge.reason();
                    case START_OVERDUE -> who + " did not start within " + limits.startMs() + " ms";
                    case STOP_OVERDUE, STOP_NOW -> who + " did not stop in time";
                };
        log.complain(event(cause), why + ". It is described and killed.");
        long describeMs = isReplaced ? DESCRIBE_BESIDE_MS : DESCRIBE_MS;
        cases.add(new Case(generation, nowMs + describeMs));
        String thread = cause == Cause.WEDGED ? wedge.thread() : "main";
        describe(generation, why, thread, describeMs - SAVE_MS);
    }

    private static String event(Cause cause) {
        return switch (cause) {
            case ZOMBIE -> "gateway.shutdown.zombie_detected";
            case WEDGED -> "generation.wedged";
            case START_OVERDUE, STOP_OVERDUE, STOP_NOW -> "generation.overdue";
        };
    }

    private void describe(Generation generation, String why, String thread, long budgetMs) {
        long number = generation.number();
        Dossier.Subject subject =
                new Dossier.Subject(number, generation.pid(), why, thread, state.errors(number));
        HostTime.startDaemon(
                "dossier-" + number,
                () -> {
                    String summary = Dossier.write(state.dumps(), subject, budgetMs);
                    mailbox.post(new Mailbox.Mail.Described(number, summary));
                });
    }

    /** Its description is done. */
    void described(long number, String summary) {
        log.warn("generation.described", "Generation " + number + ": " + summary);
        for (Case known : cases) {
            if (known.generation().number() == number) {
                known.generation().kill();
            }
        }
    }

    /** Kills whose time is over. */
    void tick(long nowMs) {
        for (Case known : cases) {
            if (nowMs >= known.killAtMs() && !known.generation().isKilled()) {
                known.generation().kill();
            }
        }
    }

    /** When {@link #tick} has something to do; far away when nothing is. */
    long nextMs() {
        long next = Long.MAX_VALUE;
        for (Case known : cases) {
            if (!known.generation().isKilled()) {
                next = Math.min(next, known.killAtMs());
            }
        }
        return next;
    }

    /** A generation's process is gone; returns it, or null if it was not condemned. */
    @Nullable Generation ended(long number) {
        for (Iterator<Case> each = cases.iterator(); each.hasNext(); ) {
            Generation generation = each.next().generation();
            if (generation.number() == number) {
                each.remove();
                return generation;
            }
        }
        return null;
    }

    /** Whether one older than this generation still lives. */
    boolean hasBefore(long number) {
        for (Case known : cases) {
            if (known.generation().number() < number) {
                return true;
            }
        }
        return false;
    }

    /** Adds their processes, which still have somebody who waits for their exit codes. */
    void addPids(List<Long> pids) {
        for (Case known : cases) {
            pids.add(known.generation().pid());
        }
    }
}
