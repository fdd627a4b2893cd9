package dev.evergate.bench;

import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Folders;
import dev.evergate.bench.host.Machine;
import dev.evergate.bench.measure.CallMeasure;
import dev.evergate.bench.measure.ConnectionMeasure;
import dev.evergate.bench.measure.FanOutMeasure;
import dev.evergate.bench.measure.IdleMeasure;
import dev.evergate.bench.measure.StartMeasure;
import dev.evergate.bench.measure.TurnMeasure;
import dev.evergate.bench.time.Clock;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code Bench ROOT HOME [--quick] [--only NAME] [--runs N]}: see {@code bench/run}. */
public final class Bench {
    private static final int RUNS = 5;

    private static final List<Measure> MEASURES =
            List.of(
                    new StartMeasure(),
                    new IdleMeasure(),
                    new CallMeasure(),
                    new ConnectionMeasure(),
                    new FanOutMeasure(),
                    new TurnMeasure());

    private final Path root;
    private final Path home;
    private final Set<String> only = new TreeSet<>();
    private boolean isQuick;
    private int runs = RUNS;

    private Bench(Path root, Path home) {
        this.root = root;
        this.home = home;
    }

    public static void main(String[] arguments) throws Exception {
        var bench = new Bench(Path.of(arguments[0]), Path.of(arguments[1]).toRealPath());
        if (!bench.understands(List.of(arguments).subList(2, arguments.length))) {
            System.err.println(
                    "usage: bench/run [--quick] [--only NAME]... [--runs N], where NAME is one of "
                            + MEASURES.stream().map(Measure::name).toList());
            System.exit(2);
        }
        System.exit(bench.run() ? 0 : 1);
    }

    private boolean understands(List<String> words) {
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--quick")) {
                isQuick = true;
                continue;
            }
            if (!rest.hasNext()) {
                return false;
            }
            String value = rest.next();
            boolean isMeasure = MEASURES.stream().anyMatch(each -> each.name().equals(value));
            if (word.equals("--only") && isMeasure) {
                only.add(value);
            } else if (word.equals("--runs") && value.matches("[1-9]\\d?")) {
                runs = Integer.parseInt(value);
            } else {
                return false;
            }
        }
        return true;
    }

    /** Whether every measure came to its end; what the targets say is for people to judge. */
    private boolean run() throws Exception {
        Path work = Files.createTempDirectory("evergate-bench-").toRealPath();
        var build = new Build(root, home, work);
        var report = new Report();
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("build", build.id());
        machine.putAll(Machine.facts(work));
        machine.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
        boolean isComplete = true;
        try {
            for (Measure measure : MEASURES) {
                if (only.isEmpty() || only.contains(measure.name())) {
                    isComplete &= run(measure, new Measure.Plan(build, isQuick, runs), report);
                }
            }
        } finally {
            Folders.delete(work);
        }
        report.print(machine);
        String name = Clock.now().toString().replaceAll("\\..*|:", "") + ".json";
        Path file = root.resolve("bench/results").resolve(name);
        report.write(file, machine);
        System.out.println("written to " + root.relativize(file));
        return isComplete;
    }

    private static boolean run(Measure measure, Measure.Plan plan, Report report) throws Exception {
        System.out.printf("%n%s (%s)%n", measure.name(), Machine.state());
        long started = Clock.nanos();
        try {
            measure.run(plan, report);
            System.out.printf("    took %.0f s%n", Clock.msSince(started) / 1_000);
            return true;
        } catch (Exception e) { // one measure that cannot be made does not cost the others
            report.note(measure.name(), "not measured to its end, " + e);
            e.printStackTrace(System.out);
            return false;
        }
    }
}
