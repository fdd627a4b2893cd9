package dev.evergate.keeper.watch;

import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.os.ThreadTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel says about a process at one moment.
 *
 * @param atMs monotonic time
 * @param state the kernel's letter for the process, {@code Z} when it is gone
 * @param threads of the process
 */
public record Testimony(long atMs, char state, List<ThreadTable.Entry> threads) {
    private static final long NANOS_PER_MS = 1_000_000;

    public Testimony {
        threads = List.copyOf(threads);
    }

    /** Asks the kernel. */
    public static Testimony of(long pid, long nowMs) {
        return new Testimony(nowMs, state(pid), ThreadTable.of(pid));
    }

    /** The kernel's letter for a process, {@code Z} when it is gone. */
    static char state(long pid) {
        Optional<ProcessTable.Entry> process = ProcessTable.find(pid);
        return process.isPresent() ? process.get().state() : 'Z';
    }

    /**
     * What a thread has done between two testimonies.
     *
     * @param wasState its state before, {@code ?} for a new one
     * @param cpuMs time on a core
     * @param waitedMs time without a core that it wanted
     */
    record Change(String name, char wasState, char state, long cpuMs, long waitedMs) {
        /** Whether it wanted a core all the time and got none: the kernel counts that later. */
        boolean isStarved() {
            return wasState == 'R' && state == 'R' && cpuMs == 0 && waitedMs == 0;
        }
    }

    /** What each thread has done since an earlier testimony. */
    List<Change> since(Testimony earlier) {
        List<Change> changes = new ArrayList<>(threads.size());
        for (ThreadTable.Entry now : threads) {
            ThreadTable.Entry before = earlier.thread(now.tid());
            changes.add(
                    new Change(
                            now.name(),
                            before.state(),
                            now.state(),
                            (now.cpuNs() - before.cpuNs()) / NANOS_PER_MS,
                            (now.waitedNs() - before.waitedNs()) / NANOS_PER_MS));
        }
        return changes;
    }

    private ThreadTable.Entry thread(long tid) {
        for (ThreadTable.Entry thread : threads) {
            if (thread.tid() == tid) {
                return thread;
            }
        }
        return new ThreadTable.Entry(tid, "", '?', 0, 0);
    }
}
