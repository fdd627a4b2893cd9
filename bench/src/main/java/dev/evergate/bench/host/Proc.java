package dev.evergate.bench.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the kernel says about a process (proc_pid_stat(5), proc_pid_smaps(5)). Stateless. */
public final class Proc {
    /** What {@code getconf CLK_TCK} says on every Linux we know. */
    private static final double TICK_MS = 10;

    private Proc() {}

    /**
     * CPU a process has used so far, user and system, in steps of 10 ms.
     *
     * @param childrenMs of children that have ended and were waited for
     */
    public record Cpu(double ownMs, double childrenMs) {
        public double totalMs() {
            return ownMs + childrenMs;
        }
    }

    public static Cpu cpu(long pid) throws IOException {
        String stat = read(pid, "stat");
        // The name in parentheses may hold anything; state is the first field after it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Cpu(
                TICK_MS * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])),
                TICK_MS * (Long.parseLong(fields[13]) + Long.parseLong(fields[14])));
    }

    /**
     * Memory by proportional share, in KiB.
     *
     * @param anonKb heap, stacks, native memory
     * @param fileKb mapped files: libraries, the startup cache, jars
     */
    public record Memory(double totalKb, double anonKb, double fileKb) {
        public Memory plus(Memory other) {
            return new Memory(
                    totalKb + other.totalKb, anonKb + other.anonKb, fileKb + other.fileKb);
        }
    }

    public static Memory memory(long pid) throws IOException {
        Map<String, Double> values = new HashMap<>();
        for (String line : read(pid, "smaps_rollup").split("\n")) {
            String[] words = line.split("\\s+");
            if (words.length == 3 && words[2].equals("kB")) {
                values.put(words[0], Double.parseDouble(words[1]));
            }
        }
        return new Memory(
                values.getOrDefault("Pss:", Double.NaN),
                values.getOrDefault("Pss_Anon:", Double.NaN),
                values.getOrDefault("Pss_File:", Double.NaN));
    }

    /** Descriptors a process has open. */
    public static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return open.count();
        }
    }

    /**
     * What these processes hold together if nobody else on the machine maps the same files, in KiB:
     * their own pages, and each page of a file once.
     */
    public static double aloneKb(long... pids) throws IOException {
        double ownKb = 0;
        Map<String, Double> files = new HashMap<>();
        for (long pid : pids) {
            Map<String, Double> mapped = new HashMap<>();
            String key = "";
            for (String line : read(pid, "smaps").split("\n")) {
                String[] words = line.split("\\s+");
                if (!words[0].endsWith(":")) {
                    // address permissions offset device inode path
                    key = words[4].equals("0") ? "" : words[2] + " " + words[4];
                } else if (words[0].equals("Rss:")) {
                    mapped.merge(key, Double.parseDouble(words[1]), Double::sum);
                } else if (words[0].equals("Anonymous:") && !key.isEmpty()) {
                    double copied = Double.parseDouble(words[1]);
                    ownKb += copied;
                    mapped.merge(key, -copied, Double::sum);
                }
            }
            Double anonymous = mapped.remove("");
            ownKb += anonymous == null ? 0 : anonymous;
            mapped.forEach((file, kb) -> files.merge(file, kb, Math::max));
        }
        return ownKb + files.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Time all cores together have been busy since the machine started, in milliseconds. */
    public static double machineBusyMs() throws IOException {
        String[] fields = firstLine("/proc/stat").split("\\s+");
        // user nice system idle iowait irq softirq steal
        double ticks = 0;
        for (int i : List.of(1, 2, 3, 6, 7, 8)) {
            ticks += Double.parseDouble(fields[i]);
        }
        return ticks * TICK_MS;
    }

    static String firstLine(String file) throws IOException {
        return Files.readAllLines(Path.of(file)).getFirst();
    }

    private static String read(long pid, String name) throws IOException {
        Path file = Path.of("/proc", Long.toString(pid), name);
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
