package dev.evergate.keeper;

import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;

import java.util.HashSet;
import java.util.Set;

/**
 * Ends what dead generations leave behind.
 *
 * <p>The keeper is a child subreaper: an orphan among its descendants, double-forked or not,
 * becomes its own child. So every child that is no living generation is killed and reaped, then
 * what that one leaves behind, until none is left. Thread-safety: confined to the keeper's loop.
 */
final class Leftovers {
    private final long self = ProcessHandle.current().pid();
    private final Set<Long> inherited = new HashSet<>();
    private final KeeperLog log;

    /**
     * Children this process has before it starts any were given to it by {@code exec}: not ours.
     */
    Leftovers(KeeperLog log) {
        this.log = log;
        for (ProcessTable.Entry child : ProcessTable.children(self)) {
            inherited.add(child.pid());
        }
    }

    /**
     * Kills and reaps the present children.
     *
     * @param living the generation's pid, 0 for none
     * @return whether to look again soon
     */
    boolean sweep(long living) {
        boolean found = false;
        for (ProcessTable.Entry child : ProcessTable.children(self)) {
            if (child.pid() == living || inherited.contains(child.pid())) {
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

    /** Reaps children that have ended by themselves; cheap enough to do now and then. */
    void reap(long living) {
        long pid = ProcessControl.endedChild();
        while (pid != 0 && pid != living && ProcessControl.reap(pid)) {
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
