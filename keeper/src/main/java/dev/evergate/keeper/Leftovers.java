package dev.evergate.keeper;

import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ends what dead generations leave behind.
 *
 * <p>The keeper is a child subreaper: an orphan among its descendants, double-forked or not,
 * becomes its own child. So every child that is no living generation is killed and reaped, then
 * what that one leaves behind, until none is left. Thread-safety: confined to the keeper's loop.
 */
final class Leftovers {
    private static final long SWEEP_MS = 10;
    private static final int ROUNDS_MAX = 500;
    private static final long REAP_MS = 10_000;

    private final long self = ProcessHandle.current().pid();
    private final Set<Long> inherited = new HashSet<>();
    private final KeeperLog log;
    private long nextSweepMs = Long.MAX_VALUE;
    private long nextReapMs;
    private int rounds;

    /**
     * Children this process has before it starts any were given to it by {@code exec}: not ours.
     */
    Leftovers(KeeperLog log) {
        this.log = log;
        for (ProcessTable.Entry child : ProcessTable.children(self)) {
            inherited.add(child.pid());
        }
    }

    /** A generation has ended: sweeps now and again and again, until nothing of it is left. */
    void sweepFrom(long nowMs) {
        rounds = 0;
        nextSweepMs = nowMs;
    }

    /** When {@link #tick} has something to do. */
    long nextMs() {
        return Math.min(nextSweepMs, nextReapMs);
    }

    /**
     * Does what is due.
     *
     * @param living the generations' pids
     */
    void tick(long nowMs, List<Long> living) {
        if (nowMs >= nextSweepMs) {
            boolean isLeft = sweep(living) && ++rounds < ROUNDS_MAX;
            nextSweepMs = isLeft ? nowMs + SWEEP_MS : Long.MAX_VALUE;
        }
        if (nowMs >= nextReapMs) {
            nextReapMs = nowMs + REAP_MS;
            reap(living);
        }
    }

    /** At the end of everything: kills and reaps whatever there is, for a short time. */
    void sweepAll() {
        for (int i = 0; sweep(List.of()) && i < 20; i++) {
            HostTime.sleep(SWEEP_MS);
        }
    }

    private boolean sweep(List<Long> living) {
        boolean found = false;
        for (ProcessTable.Entry child : ProcessTable.children(self)) {
            if (living.contains(child.pid()) || inherited.contains(child.pid())) {
                continue;
            }
            found = true;
            if (child.state() == 'Z') {
                ProcessControl.reap(child.pid());
            } else {
                kill(child.pid());
            }
        }
        return found;
    }

    /** Reaps children that have ended by themselves. */
    private void reap(List<Long> living) {
        long pid = ProcessControl.endedChild();
        while (pid != 0 && !living.contains(pid) && ProcessControl.reap(pid)) {
            pid = ProcessControl.endedChild();
        }
    }

    private void kill(long pid) {
        String program = ProcessTable.program(pid).orElse("a process");
        try {
            ProcessControl.signal(pid, ProcessControl.SIGKILL);
            log.info("generation.leftover", "Ended " + program + " (pid " + pid + ")");
        } catch (OsException e) {
            log.warn("generation.leftover", program + " cannot be ended: " + e.getMessage());
        }
    }
}
