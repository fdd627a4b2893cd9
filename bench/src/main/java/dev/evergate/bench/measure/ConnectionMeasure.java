package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.Connection;
import dev.evergate.bench.time.Clock;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a connection costs that is authenticated and silent, in user space. */
public final class ConnectionMeasure implements Measure {
    private static final int CONNECTIONS = 10_000;
    private static final int CONNECTIONS_QUICK = 1_000;
    private static final double BYTES = 4_096;
    private static final long SETTLE_MS = 2_000;
    private static final Pattern USED =
            Pattern.compile("(?:DefNew|Tenured|def new|tenured).*?used (\\d+)K");

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        int count = plan.isQuick() ? CONNECTIONS_QUICK : CONNECTIONS;
        Report.Section section =
                report.section("idle connections: %,d authenticated".formatted(count))
                        .figure(
                                "memory of the generation (PSS)",
                                "B/conn",
                                Target.atMost(BYTES),
                                "OpenClaw 24,000")
                        .figure("of that on the Java heap", "B/conn")
                        .figure("connect to hello", "/s")
                        .figure("connect to hello, generation", "µs CPU");
        for (int i = 0; i < plan.longRuns(); i++) {
            try (Product product =
                            Product.start(
                                    plan.build(),
                                    Build.Start.KEEPER,
                                    Product.newState(plan.build(), Optional.empty()));
                    Clients clients = new Clients(1)) {
                measure(product, clients, count, section);
            }
        }
        section.close();
    }

    private static void measure(Product product, Clients clients, int count, Report.Section section)
            throws Exception {
        // Code, buffers and pools that the first connections bring are not theirs.
        open(product, clients, count / 10);
        clients.closeAll();
        Footprint before = Footprint.of(product);
        double cpuMs = product.generationCpuMs();
        long started = Clock.nanos();
        List<Connection> opened = open(product, clients, count);
        section.add("connect to hello", opened.size() / (Clock.msSince(started) / 1_000));
        section.add(
                "connect to hello, generation",
                (product.generationCpuMs() - cpuMs) * 1_000 / count);
        Footprint after = Footprint.of(product);
        section.add("memory of the generation (PSS)", (after.pssKb - before.pssKb) * 1024 / count);
        section.add("of that on the Java heap", (after.heapKb - before.heapKb) * 1024 / count);
    }

    private static List<Connection> open(Product product, Clients clients, int count)
            throws Exception {
        return clients.open(product.port(), Optional.of(Product.TOKEN), count);
    }

    private record Footprint(double pssKb, double heapKb) {
        static Footprint of(Product product) throws Exception {
            Clock.pause(SETTLE_MS);
            for (int i = 0; i < 3; i++) { // the heap gives back in steps
                product.jcmd("GC.run");
            }
            double heapKb = 0;
            Matcher used = USED.matcher(product.jcmd("GC.heap_info"));
            while (used.find()) {
                heapKb += Double.parseDouble(used.group(1));
            }
            return new Footprint(product.generationMemory().totalKb(), heapKb);
        }
    }
}
