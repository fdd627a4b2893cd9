package dev.evergate.keeper.os;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code /proc} says about the threads of a process.
 *
 * <p>Every answer is a snapshot that may be outdated when it arrives; some 10 ms for fifty threads.
 * Thread-safety: stateless. Source of the fields: {@code proc_pid_stat(5)} and the kernel's {@code
 * sched-stats.rst}.
 */
public final class ThreadTable {
    private ThreadTable() {}

    /**
     * One thread.
     *
     * @param name at most 15 characters, as the kernel keeps it
     * @param state the kernel's letter: {@code R}, {@code S}, {@code D}, {@code T}, {@code Z}, …
     * @param cpuNs time on a core
     * @param waitedNs time it wanted a core and had none; counted when it gets one
     */
    public record Entry(long tid, String name, char state, long cpuNs, long waitedNs) {}

    /** The threads of a process; empty when there is none. */
    public static List<Entry> of(long pid) {
        List<Entry> threads = new ArrayList<>();
        String folder = "/proc/" + pid + "/task";
        String[] tids = new File(folder).list();
        if (tids != null) {
            for (String tid : tids) {
                add(threads, folder, tid);
            }
        }
        return threads;
    }

    /**
     * What the kernel can say about a thread, by the name of a file: {@code wchan} for the function
     * it waits in, {@code syscall}, {@code stack}; empty when it says nothing to us.
     */
    public static String detail(long pid, long tid, String file) {
        try {
            return ProcessTable.text(Path.of("/proc/" + pid + "/task/" + tid + "/" + file)).strip();
        } catch (IOException e) {
            return ""; // Another user's, or gone.
        }
    }

    private static void add(List<Entry> threads, String folder, String tid) {
        try {
            String stat = ProcessTable.text(Path.of(folder, tid, "stat"));
            // The name stands in parentheses and may itself contain them.
            int end = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, end);
            String[] times =
                    ProcessTable.words(ProcessTable.text(Path.of(folder, tid, "schedstat")));
            threads.add(
                    new Entry(
                            Long.parseLong(tid),
                            name,
                            stat.charAt(end + 2),
                            Long.parseLong(times[0]),
                            Long.parseLong(times[1])));
        } catch (IOException | RuntimeException e) {
            // It ended while we looked.
        }
    }
}
