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

    /**
     * One of them.
     *
     * @param describeAtMs until when it may end by itself; far away once it is being described
     * @param killAtMs until when its description may take
     */
    private record Case(
            Generation generation,
            Cause cause,
            boolean isReplaced,
            Finding.Wedged wedge,
            long describeAtMs,
            long killAtMs) {}

    Condemned(StateDirectory state, Mailbox mailbox, Limits limits, KeeperLog log) {
        this.state = state;
        this.mailbox = mailbox;
        this.limits = limits;
        this.log = log;
    }

    /**
     * Describes a generation and kills it, or kills it at once if nobody wants to wait; without
     * effect on one that is condemned already, unless nobody wants to wait. One that is replaced
     * although it may end by itself (cause ZOMBIE) is given its time first.
     *
     * @param isReplaced whether something else begins before this one is dead
     * @param wedge what was found if it makes no progress
     */
    void add(Generation generation, Cause cause, boolean isReplaced, Finding.Wedged wedge) {
        boolean isAtOnce = cause == Cause.STOP_NOW || cause == Cause.GIVEN_UP;
        if (isAtOnce) {
            log.info(event(cause), who(generation) + " is killed.");
            generation.kill();
        }
        for (Case known : cases) {
            if (known.generation() == generation) {
                return;
            }
        }
        long nowMs = HostTime.monotonicMs();
        long patienceMs = cause == Cause.ZOMBIE && isReplaced ? limits.exitMs() : 0;
        Case added =
                new Case(
                        generation,
                        cause,
                        isReplaced,
                        wedge,
                        isAtOnce ? Long.MAX_VALUE : nowMs + patienceMs,
                        Long.MAX_VALUE);
        cases.add(added);
        tick(nowMs);
    }

    private Case describe(Case found, long nowMs) {
        Generation generation = found.generation();
        String who = who(generation);
        String why =
                switch (found.cause()) {
                    case ZOMBIE ->
                            who
                                    + " had finished but was still there "
                                    + limits.exitMs()
                                    + " ms later";
                    case WEDGED -> who + " makes no progress: " + found.wedge().reason();
                    case START_OVERDUE -> who + " did not start within " + limits.startMs() + " ms";
                    case HAND_OVER_OVERDUE ->
                            who + " did not take over within " + limits.handOverMs() + " ms";
                    case STOP_OVERDUE, STOP_NOW, GIVEN_UP -> who + " did not stop in time";
                };
        log.complain(event(found.cause()), why + ". It is described and killed.");
        long describeMs = found.isReplaced() ? DESCRIBE_BESIDE_MS : DESCRIBE_MS;
        String thread = found.cause() == Cause.WEDGED ? found.wedge().thread() : "main";
        describe(generation, why, thread, describeMs - SAVE_MS);
        return new Case(
                generation,
                found.cause(),
                found.isReplaced(),
                found.wedge(),
                Long.MAX_VALUE,
                nowMs + describeMs);
    }

    private static String who(Generation generation) {
        return "Generation " + generation.number() + " (pid " + generation.pid() + ")";
    }

    private static String event(Cause cause) {
        return switch (cause) {
            case ZOMBIE -> "gateway.shutdown.zombie_detected";
            case WEDGED -> "generation.wedged";
            case START_OVERDUE, HAND_OVER_OVERDUE, STOP_OVERDUE -> "generation.overdue";
            case STOP_NOW -> "generation.stop-now";
            case GIVEN_UP -> "generation.given-up";
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

    /** Describes and kills whose time is over. */
    void tick(long nowMs) {
        for (int i = 0; i < cases.size(); i++) {
            Case known = cases.get(i);
            if (nowMs >= known.describeAtMs()) {
                cases.set(i, describe(known, nowMs));
            } else if (nowMs >= known.killAtMs() && !known.generation().isDoomed()) {
                known.generation().kill();
            }
        }
    }

    /** When {@link #tick} has something to do; far away when nothing is. */
    long nextMs() {
        long next = Long.MAX_VALUE;
        for (Case known : cases) {
            if (!known.generation().isDoomed()) {
                next = Math.min(next, Math.min(known.describeAtMs(), known.killAtMs()));
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
