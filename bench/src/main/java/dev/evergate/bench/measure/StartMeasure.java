package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.time.Clock;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How long until it is ready, what that costs, and what one command of the CLI takes. */
public final class StartMeasure implements Measure {
    private static final int RUNS_MIN = 7;
    private static final double WALL_MS = 1_200;
    private static final double CPU_MS = 900;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        Report.Section section = report.section("start");
        for (Build.Start how : Build.Start.kept()) {
            boolean isProduct = how == Build.Start.LAUNCHER || how == Build.Start.KEEPER;
            String openClaw = how == Build.Start.LAUNCHER ? "OpenClaw 8,600" : "";
            section.figure(
                    how.title() + ", ready",
                    "ms wall",
                    isProduct ? Target.atMost(WALL_MS) : Target.none(),
                    openClaw);
            section.figure(
                    how.title() + ", generation",
                    "ms CPU",
                    isProduct ? Target.atMost(CPU_MS) : Target.none(),
                    openClaw.isEmpty() ? "" : "OpenClaw 10,700");
            section.figure(how.title() + ", keeper", "ms CPU");
        }
        section.figure("./evergate health", "ms wall");
        int runs = plan.isQuick() ? 2 : Math.max(RUNS_MIN, plan.runs());
        Path state = Product.newState(plan.build(), Optional.empty());
        // The first one makes the database and fills the page cache; it is not counted.
        start(plan, Build.Start.KEEPER, state).close();
        for (int i = 0; i < runs; i++) {
            for (Build.Start how : Build.Start.kept()) {
                try (Product product = start(plan, how, state)) {
                    section.add(how.title() + ", ready", product.readyMs());
                    section.add(
                            how.title() + ", generation", product.generationStartCpu().totalMs());
                    section.add(how.title() + ", keeper", product.keeperStartCpu().totalMs());
                }
            }
        }
        try (Product product = start(plan, Build.Start.KEEPER, state)) {
            health(plan, product);
            for (int i = 0; i < runs; i++) {
                section.add("./evergate health", health(plan, product));
            }
        }
        section.close();
    }

    private static Product start(Plan plan, Build.Start how, Path state) throws Exception {
        return Product.start(plan.build(), how, state);
    }

    private static double health(Plan plan, Product product) throws Exception {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command(plan.build().root().resolve("evergate").toString(), "health", "--json");
        builder.environment().put("EVERGATE_STATE_DIR", product.state().toString());
        builder.redirectErrorStream(true);
        File output = plan.build().work().resolve("health.log").toFile();
        builder.redirectOutput(output);
        long started = Clock.nanos();
        int exit = builder.start().waitFor();
        double ms = Clock.msSince(started);
        if (exit != 0) {
            throw new IllegalStateException(
                    "%s ended with %d, see %s".formatted(List.of("health"), exit, output));
        }
        return ms;
    }
}
