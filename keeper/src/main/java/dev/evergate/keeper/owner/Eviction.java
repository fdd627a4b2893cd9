package dev.evergate.keeper.owner;

import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PinnedProcess;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends an owner that will not get well, and what it leaves behind; nothing that is not proven to be
 * one of the two ever gets a signal.
 *
 * <p>Thread-safety: stateless.
 */
public final class Eviction {
    private static final int TERM_MS = 3_000;
    private static final int KILL_MS = 2_000;

    /** A generation that has lost its keeper ends by itself within two seconds. */
    private static final int ORPHAN_MS = 2_500;

    private Eviction() {}

    /**
     * Ends the owner's process: asked first, unless it is stopped and could not hear.
     *
     * @param lock the state directory's lock file, which the process must hold, unless it is the
     *     one that listens for a keeper's callers
     * @return why it was not ended, empty when it was
     */
    public static String end(OwnerRecord owner, Path lock, long listener) throws OsException {
        Optional<PinnedProcess> found = PinnedProcess.open(owner.pid(), owner.startTicks());
        if (found.isEmpty()) {
            return "";
        }
        try (PinnedProcess process = found.get()) {
            Optional<ProcessTable.Entry> entry = owner.process();
            if (entry.isEmpty()) {
                return "";
            }
            if (ProcessTable.isOurselvesOrAbove(owner.pid())) {
                return "this start was made by that process itself";
            }
            if (listener != owner.pid() && !FileLock.isHeldBy(owner.pid(), lock)) {
                return "pid " + owner.pid() + " is not seen to hold " + lock;
            }
            if (entry.get().state() != 'T') {
                process.signal(ProcessControl.SIGTERM);
                if (process.awaitEnd(TERM_MS)) {
                    return "";
                }
            }
            process.signal(ProcessControl.SIGKILL);
            return process.awaitEnd(KILL_MS) ? "" : "pid " + owner.pid() + " survives SIGKILL";
        }
    }

    /**
     * Waits for generations whose keeper is gone, then kills them; only the holder of the lock may
     * call this, so that there is no keeper they could belong to.
     *
     * @param socket where keepers of this state directory listen
     * @return the pids of those that had to be killed
     */
    public static List<Long> endOrphans(Path socket) throws OsException {
        List<Long> killed = new ArrayList<>();
        long endMs = HostTime.monotonicMs() + ORPHAN_MS;
        for (long pid : ProcessTable.pids()) {
            if (!isGenerationOf(socket, pid) || ProcessTable.isOurselvesOrAbove(pid)) {
                continue;
            }
            Optional<ProcessTable.Entry> entry = ProcessTable.find(pid);
            Optional<PinnedProcess> pinned =
                    entry.isPresent()
                            ? PinnedProcess.open(pid, entry.get().startTicks())
                            : Optional.empty();
            if (pinned.isEmpty()) {
                continue;
            }
            try (PinnedProcess orphan = pinned.get()) {
                int leftMs = (int) Math.max(0, endMs - HostTime.monotonicMs());
                if (!orphan.awaitEnd(leftMs) && isGenerationOf(socket, pid)) {
                    orphan.signal(ProcessControl.SIGKILL);
                    orphan.awaitEnd(KILL_MS);
                    killed.add(pid);
                }
            }
        }
        return killed;
    }

    private static boolean isGenerationOf(Path socket, long pid) {
        Optional<String> theirs = ProcessTable.variable(pid, KeeperLink.SOCKET_VARIABLE);
        if (theirs.isEmpty()) {
            return false;
        }
        Path folder = Path.of(theirs.get()).getParent();
        Path ours = socket.getParent();
        try {
            return folder != null && ours != null && Files.isSameFile(folder, ours);
        } catch (IOException e) {
            return false;
        }
    }
}
