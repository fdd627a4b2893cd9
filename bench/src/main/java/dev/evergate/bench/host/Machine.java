package dev.evergate.bench.host;

import dev.evergate.bench.time.Clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The machine the figures are from. Stateless. */
public final class Machine {
    private static final long LOOK_MS = 2_000;

    /** Above this share of the machine, others disturb the figures. */
    private static final double BUSY_SHARE = 0.1;

    private Machine() {}

    /** Facts for the head of a report; looks two seconds at what others use. */
    public static Map<String, String> facts(Path work) throws Exception {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("when", Clock.now().toString());
        facts.put("cores", Runtime.getRuntime().availableProcessors() + ", " + processor());
        facts.put("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        facts.put("jdk", Runtime.version() + ", " + System.getProperty("java.vendor"));
        facts.put("state on", Files.getFileStore(work).type());
        facts.put("load average", load());
        double share = busyShare(LOOK_MS);
        String verdict = share > BUSY_SHARE ? "busy: others disturb these figures" : "quiet";
        facts.put("others use", percent(share) + " of the machine (" + verdict + ")");
        return facts;
    }

    /** Load of the last minute and share of the machine in use now, for progress lines. */
    public static String state() throws Exception {
        return "load " + load().split(" ", 2)[0] + ", in use " + percent(busyShare(500));
    }

    /** Share of all cores that is in use during the next {@code ms} milliseconds. */
    private static double busyShare(long ms) throws Exception {
        double before = Proc.machineBusyMs();
        long start = Clock.nanos();
        Clock.pause(ms);
        double available = Clock.msSince(start) * Runtime.getRuntime().availableProcessors();
        return Math.max(0, (Proc.machineBusyMs() - before) / available);
    }

    private static String load() throws IOException {
        String[] words = Proc.firstLine("/proc/loadavg").split(" ");
        return words[0] + " " + words[1] + " " + words[2];
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("unknown");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }
}
