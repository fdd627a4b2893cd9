package dev.evergate.bench.restart;

import dev.evergate.bench.Report;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Folders;
import dev.evergate.bench.host.Machine;
import dev.evergate.bench.time.Clock;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code RestartBench ROOT HOME [...]}: see {@code bench/restart}. */
public final class RestartBench {
    private RestartBench() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Path home = Path.of(arguments[1]).toRealPath();
        RestartPlan plan;
        try {
            plan = RestartPlan.of(List.of(arguments).subList(2, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + RestartPlan.USAGE);
            System.exit(2);
            return;
        }
        Path work = Files.createTempDirectory("evergate-bench-").toRealPath();
        try {
            System.exit(run(plan, new Build(root, home, work)) ? 0 : 1);
        } finally {
            Folders.delete(work);
        }
    }

    /** Whether nobody noticed anything. */
    private static boolean run(RestartPlan plan, Build build) throws Exception {
        Report report = new Report();
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("build", build.id());
        machine.putAll(Machine.facts(build.work()));
        machine.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
        boolean isFlawless = new UnderLoad(plan, build).run(report);
        if (plan.idle() > 0 && !plan.isAlone()) {
            isFlawless &= new IdleMove(plan, build).run(report);
        }
        report.print(machine);
        String name = "restart-" + Clock.now().toString().replaceAll("\\..*|:", "") + ".json";
        report.write(build.root().resolve("bench/results").resolve(name), machine);
        System.out.println("written to bench/results/" + name);
        return isFlawless;
    }
}
