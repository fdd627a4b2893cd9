package dev.evergate.bench.restart;

import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.Connection;
import dev.evergate.bench.time.Clock;

import java.util.List;
import java.util.Optional;

/** Moves many silent connections, and looks at what is left of memory and descriptors. */
final class IdleMove {
    private static final int RESTARTS = 5;
    private static final long SETTLE_MS = 10_000;
    private static final double MOVED_MS = 1_000;

    private final RestartPlan plan;
    private final Build build;

    IdleMove(RestartPlan plan, Build build) {
        this.plan = plan;
        this.build = build;
    }

    /** Whether every connection stayed. */
    boolean run(Report report) throws Exception {
        Report.Section section =
                report.section("%,d idle connections".formatted(plan.idle()))
                        .figure("closed", "", Target.atMost(0), "")
                        .figure("asked until the next one serves", "ms")
                        .figure("asked until the one before is gone", "ms")
                        .figure("longest silence of a new GET", "ms", Target.atMost(MOVED_MS), "")
                        .figure("memory of all processes (PSS), before", "MiB")
                        .figure("memory of all processes (PSS), after", "MiB")
                        .figure("descriptors of the generation, before", "")
                        .figure("descriptors of the generation, after", "");
        try (Product product =
                        Product.start(
                                build, plan.how(), Product.newState(build, Optional.empty()));
                Clients clients = new Clients(1)) {
            List<Connection> all =
                    clients.open(product.port(), Optional.of(Product.TOKEN), plan.idle());
            Clock.pause(SETTLE_MS);
            section.add("memory of all processes (PSS), before", product.allKb() / 1024);
            section.add("descriptors of the generation, before", product.generationDescriptors());
            for (int i = 1; i <= RESTARTS; i++) {
                Product.Restart restart = product.restart();
                section.add("asked until the next one serves", restart.servedMs());
                section.add("asked until the one before is gone", restart.overMs());
                section.add("longest silence of a new GET", restart.silenceMs());
                Clock.pause(SETTLE_MS);
                section.add("memory of all processes (PSS), after", product.allKb() / 1024);
                section.add(
                        "descriptors of the generation, after", product.generationDescriptors());
                System.out.printf(
                        "    %d of %d: serves after %,.0f ms, over after %,.0f ms, %d closed%n",
                        i, RESTARTS, restart.servedMs(), restart.overMs(), closed(all));
            }
            section.add("closed", closed(all));
            section.close();
            return closed(all) == 0;
        }
    }

    private static long closed(List<Connection> all) {
        return all.stream().filter(connection -> !connection.isOpen()).count();
    }
}
