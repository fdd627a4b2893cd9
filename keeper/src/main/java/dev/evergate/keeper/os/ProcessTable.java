package dev.evergate.keeper.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code /proc} says about processes.
 *
 * <p>Every answer is a snapshot that may be outdated when it arrives. Thread-safety: stateless.
 * Source of the fields: {@code proc_pid_stat(5)}.
 */
public final class ProcessTable {
    private static final int STATE_FIELD = 0;
    private static final int PARENT_FIELD = 1;
    private static final int FLAGS_FIELD = 6;
    private static final int START_TICKS_FIELD = 19;

    /** Set before anything of a process is given back, such as its sockets (linux/sched.h). */
    private static final long PF_EXITING = 0x4;

    private static final int ANCESTORS_MAX = 1_000;

    private ProcessTable() {}

    /**
     * One process.
     *
     * @param state the kernel's letter: {@code R}, {@code S}, {@code D}, {@code T}, {@code Z}, …
     * @param isEnding whether its end has begun; others may already see its sockets closed
     * @param startTicks when it started, in clock ticks since boot; with pid and boot id its
     *     identity
     */
    public record Entry(long pid, long parent, char state, boolean isEnding, long startTicks) {}

    /** A process by its number, empty when there is none. */
    public static Optional<Entry> find(long pid) {
        try {
            String stat = text(Path.of("/proc/" + pid + "/stat"));
            // The program's name stands in parentheses and may itself contain them.
            String[] fields = words(stat.substring(stat.lastIndexOf(')') + 1));
            return Optional.of(
                    new Entry(
                            pid,
                            Long.parseLong(fields[PARENT_FIELD]),
                            fields[STATE_FIELD].charAt(0),
                            (Long.parseLong(fields[FLAGS_FIELD]) & PF_EXITING) != 0,
                            Long.parseLong(fields[START_TICKS_FIELD])));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // It ended while we looked.
        }
    }

    /**
     * What all threads of a process have done so far.
     *
     * @param ranMs on a core
     * @param waitedMs ready to run, but without a core
     */
    public record Effort(long ranMs, long waitedMs) {}

    /** The effort of a process, empty when it is hidden or gone. */
    public static Optional<Effort> effort(long pid) {
        long ranNs = 0;
        long waitedNs = 0;
        List<ThreadTable.Entry> threads = ThreadTable.of(pid);
        for (ThreadTable.Entry thread : threads) {
            ranNs += thread.cpuNs();
            waitedNs += thread.waitedNs();
        }
        return threads.isEmpty()
                ? Optional.empty()
                : Optional.of(new Effort(ranNs / 1_000_000, waitedNs / 1_000_000));
    }

    /** A variable a process was started with, empty when it has none or is hidden. */
    public static Optional<String> variable(long pid, String name) {
        try {
            String environment = "\0" + text(Path.of("/proc/" + pid + "/environ"));
            int at = environment.indexOf("\0" + name + "=");
            if (at < 0) {
                return Optional.empty();
            }
            int begin = at + name.length() + 2;
            int end = environment.indexOf('\0', begin);
            return Optional.of(environment.substring(begin, end < 0 ? environment.length() : end));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether a process is this one or one it descends from. */
    public static boolean isOurselvesOrAbove(long pid) {
        Optional<Entry> at = find(ProcessHandle.current().pid());
        for (int i = 0; i < ANCESTORS_MAX && at.isPresent(); i++) {
            if (at.get().pid() == pid) {
                return true;
            }
            at = find(at.get().parent());
        }
        return false;
    }

    /** Every process there is. */
    public static List<Entry> all() {
        List<Entry> found = new ArrayList<>();
        for (long pid : pids()) {
            Optional<Entry> entry = find(pid);
            if (entry.isPresent()) {
                found.add(entry.get());
            }
        }
        return found;
    }

    /** The direct children of a process, ended ones that nobody waited for included. */
    public static List<Entry> children(long parent) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : all()) {
            if (entry.parent() == parent) {
                found.add(entry);
            }
        }
        return found;
    }

    /** The short name of the program a process runs, empty when it is hidden or gone. */
    public static Optional<String> program(long pid) {
        try {
            return Optional.of(text(Path.of("/proc/" + pid + "/comm")).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The identity of this run of the machine. */
    public static String bootId() throws IOException {
        return text(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** All processes that can be seen. */
    public static List<Long> pids() {
        List<Long> found = new ArrayList<>();
        String[] names = new File("/proc").list();
        if (names != null) {
            for (String name : names) {
                if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                    found.add(Long.parseLong(name));
                }
            }
        }
        return found;
    }

    static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    /** The words of a line, without the regular expressions that {@code String.split} may load. */
    static String[] words(String line) {
        List<String> found = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= line.length(); i++) {
            boolean blank = i == line.length() || line.charAt(i) <= ' ';
            if (blank && start >= 0) {
                found.add(line.substring(start, i));
                start = -1;
            } else if (!blank && start < 0) {
                start = i;
            }
        }
        return found.toArray(new String[0]);
    }
}
