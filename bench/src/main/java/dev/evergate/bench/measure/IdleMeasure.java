package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Proc;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.time.Clock;

import java.util.Optional;

/** What it holds when nobody does anything. */
public final class IdleMeasure implements Measure {
    private static final double BOTH_MB = 120;

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        int seconds = plan.isQuick() ? 10 : 60;
        Report.Section section =
                report.section("idle memory (PSS), " + seconds + " s after ready")
                        .figure("both processes", "MB", Target.atMost(BOTH_MB), "OpenClaw 829")
                        .figure("both, if no other JVM shared libraries with them", "MB");
        for (String process : new String[] {"keeper", "generation"}) {
            section.figure(process, "MB");
            section.figure(process + ", anonymous", "MB");
            section.figure(process + ", mapped files", "MB");
        }
        section.figure("generation, idle", "ms CPU/s");
        for (int i = 0; i < plan.longRuns(); i++) {
            try (Product product =
                    Product.start(
                            plan.build(),
                            Build.Start.KEEPER,
                            Product.newState(plan.build(), Optional.empty()))) {
                Clock.pause(seconds * 500L);
                double cpuMs = product.generationCpuMs();
                Clock.pause(seconds * 500L);
                section.add("generation, idle", (product.generationCpuMs() - cpuMs) / seconds * 2);
                Proc.Memory keeper = product.keeperMemory();
                Proc.Memory generation = product.generationMemory();
                section.add("both processes", keeper.plus(generation).totalKb() / 1024);
                section.add(
                        "both, if no other JVM shared libraries with them",
                        product.aloneKb() / 1024);
                add(section, "keeper", keeper);
                add(section, "generation", generation);
            }
        }
        section.close();
    }

    private static void add(Report.Section section, String process, Proc.Memory memory) {
        section.add(process, memory.totalKb() / 1024);
        section.add(process + ", anonymous", memory.anonKb() / 1024);
        section.add(process + ", mapped files", memory.fileKb() / 1024);
    }
}
