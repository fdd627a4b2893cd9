package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Bare;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Proc;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.ClosedLoop;
import dev.evergate.bench.load.Connection;

import java.util.List;
import java.util.Optional;

/** Trivial calls, closed loop, beside a bare echo in the same run. */
public final class CallMeasure implements Measure {
    private static final double CALLS_PER_S = 60_000;
    private static final double ECHO_PERCENT = 50;
    private static final int LOAD_THREADS = 1;

    /** The cheapest method that needs a scope; the Control UI and the CLI call it. */
    private static final String CHEAPEST = "last-heartbeat";

    private static final List<Case> CASES =
            List.of(
                    new Case(CHEAPEST, 1, 1),
                    new Case(CHEAPEST, 32, 1),
                    new Case(CHEAPEST, 256, 1),
                    new Case(CHEAPEST, 1, 8),
                    new Case(CHEAPEST, 32, 8),
                    new Case("system-presence", 32, 1),
                    new Case("health", 32, 1));

    /** One row: what is called, on how many connections, with how many calls in flight on each. */
    private record Case(String method, int connections, int depth) {
        String title() {
            String deep = depth == 1 ? "" : " × " + depth + " in flight";
            return method + ", " + connections + " conn" + deep;
        }

        /** The row the targets are about. */
        boolean isHeadline() {
            return method.equals(CHEAPEST) && connections == 32 && depth == 1;
        }
    }

    @Override
    public String name() {
        return "calls";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        try (Bare bare = Bare.start(plan.build(), "echo");
                Product product =
                        Product.start(
                                plan.build(),
                                Build.Start.KEEPER,
                                Product.newState(plan.build(), Optional.empty()));
                Clients clients = new Clients(LOAD_THREADS)) {
            long windowMs = plan.isQuick() ? 1_000 : 4_000;
            List<Connection> ours = clients.open(product.port(), Optional.of(Product.TOKEN), 256);
            List<Connection> echoing = clients.open(bare.port(), Optional.empty(), 256);
            for (Case each : CASES) { // both must be compiled before anything counts
                ClosedLoop.run(echoing.subList(0, 32), each.method, "{}", 8, windowMs);
                ClosedLoop.run(ours.subList(0, 32), each.method, "{}", 8, windowMs);
            }
            for (Case each : CASES) {
                measure(
                        plan,
                        report,
                        each,
                        new Server(ours, product::generationCpuMs),
                        new Server(echoing, bare::cpuMs),
                        windowMs);
            }
        }
    }

    private record Server(List<Connection> connections, CpuClock cpu) {
        Window run(Case what, long windowMs) throws Exception {
            double before = cpu.ms();
            double loadBefore = Proc.cpu(ProcessHandle.current().pid()).ownMs();
            ClosedLoop.Result result =
                    ClosedLoop.run(
                            connections.subList(0, what.connections),
                            what.method,
                            "{}",
                            what.depth,
                            windowMs);
            double loadMs = Proc.cpu(ProcessHandle.current().pid()).ownMs() - loadBefore;
            return new Window(
                    result,
                    (cpu.ms() - before) * 1_000 / result.calls(),
                    loadMs * 1_000 / result.calls());
        }
    }

    private interface CpuClock {
        double ms() throws Exception;
    }

    private record Window(ClosedLoop.Result result, double cpuMicros, double loadCpuMicros) {}

    private static void measure(
            Plan plan, Report report, Case what, Server ours, Server bare, long windowMs)
            throws Exception {
        boolean isHeadline = what.isHeadline();
        Report.Section section =
                report.section("calls: " + what.title())
                        .figure(
                                "gateway",
                                "/s",
                                isHeadline ? Target.atLeast(CALLS_PER_S) : Target.none(),
                                isHeadline ? "OpenClaw 18,900" : "")
                        .figure("bare echo", "/s")
                        .figure(
                                "gateway of bare echo",
                                "%",
                                isHeadline ? Target.atLeast(ECHO_PERCENT) : Target.none(),
                                "")
                        .figure("gateway p50", "ms")
                        .figure("gateway p99", "ms")
                        .figure("bare echo p50", "ms")
                        .figure("bare echo p99", "ms")
                        .figure("gateway CPU", "µs/call")
                        .figure("bare echo CPU", "µs/call")
                        .figure("load generator CPU", "µs/call");
        for (int i = 0; i < (plan.isQuick() ? 2 : plan.runs()); i++) {
            Window echo = bare.run(what, windowMs);
            Window gateway = ours.run(what, windowMs);
            section.add("gateway", gateway.result.perSecond());
            section.add("bare echo", echo.result.perSecond());
            section.add(
                    "gateway of bare echo",
                    100 * gateway.result.perSecond() / echo.result.perSecond());
            section.add("gateway p50", gateway.result.latencies().ms(0.5));
            section.add("gateway p99", gateway.result.latencies().ms(0.99));
            section.add("bare echo p50", echo.result.latencies().ms(0.5));
            section.add("bare echo p99", echo.result.latencies().ms(0.99));
            section.add("gateway CPU", gateway.cpuMicros);
            section.add("bare echo CPU", echo.cpuMicros);
            section.add("load generator CPU", gateway.loadCpuMicros);
        }
        section.close();
    }
}
