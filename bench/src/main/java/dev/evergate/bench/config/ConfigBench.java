package dev.evergate.bench.config;

import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Folders;
import dev.evergate.bench.host.Machine;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.Connection;
import dev.evergate.bench.time.Clock;
import dev.evergate.testkit.net.GatewayClient;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code ConfigBench ROOT HOME [CHANGES]}: see {@code bench/config}. */
public final class ConfigBench {
    private static final int CHANGES = 300;
    private static final int CONNECTIONS = 500;
    private static final long ANSWER_MS = 10_000;

    /** A file that has not changed for so long is stable: the gateway waits for that first. */
    private static final double QUIET_MS = 100;

    private static final double LIVE_MS = 50;

    private ConfigBench() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Path home = Path.of(arguments[1]).toRealPath();
        int changes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : CHANGES;
        Path work = Files.createTempDirectory("evergate-bench-").toRealPath();
        try {
            run(new Build(root, home, work), changes);
        } finally {
            Folders.delete(work);
        }
    }

    private static void run(Build build, int changes) throws Exception {
        Report report = new Report();
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("build", build.id());
        machine.putAll(Machine.facts(build.work()));
        machine.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
        measure(build, changes, report);
        report.print(machine);
        String name = "config-" + Clock.now().toString().replaceAll("\\..*|:", "") + ".json";
        report.write(build.root().resolve("bench/results").resolve(name), machine);
        System.out.println("written to bench/results/" + name);
    }

    private static void measure(Build build, int changes, Report report) throws Exception {
        Report.Section section =
                report.section("%,d changes of the file".formatted(changes))
                        .figure("first change, after the file is stable", "ms")
                        .figure("p50, after the file is stable", "ms")
                        .figure("p99, after the file is stable", "ms", Target.atMost(LIVE_MS), "")
                        .figure("max, after the file is stable", "ms")
                        .figure("connections closed", "", Target.atMost(0), "");
        Path state = Product.newState(build, Optional.empty());
        try (Product product = Product.start(build, Build.Start.KEEPER, state);
                Clients clients = new Clients(1);
                GatewayClient watcher =
                        GatewayClient.connect(
                                URI.create("http://127.0.0.1:" + product.port()), Product.TOKEN)) {
            List<Connection> all =
                    clients.open(product.port(), Optional.of(Product.TOKEN), CONNECTIONS);
            List<Double> took = new ArrayList<>();
            for (int i = 1; i <= changes; i++) {
                took.add(change(watcher, state.resolve("evergate.json"), i));
            }
            section.add("first change, after the file is stable", took.getFirst());
            List<Double> sorted = took.stream().skip(1).sorted().toList();
            section.add("p50, after the file is stable", sorted.get(sorted.size() / 2));
            section.add("p99, after the file is stable", sorted.get(sorted.size() * 99 / 100));
            section.add("max, after the file is stable", sorted.getLast());
            section.add(
                    "connections closed",
                    all.stream().filter(connection -> !connection.isOpen()).count());
            section.close();
        }
    }

    /** Milliseconds from a stable file until clients are told that it is in force. */
    private static double change(GatewayClient watcher, Path file, int number) throws IOException {
        Files.writeString(
                file,
                "{gateway: {auth: {mode: \"token\", token: \"%s\"}}, agents: {defaults: {timeoutSeconds: %d}}}%n"
                        .formatted(Product.TOKEN, 600 + number));
        long writtenNanos = Clock.nanos();
        JsonNode _ =
                watcher.await(
                        "config.changed",
                        event ->
                                event.path("plan")
                                        .asString("")
                                        .startsWith("config %d -> ".formatted(number)),
                        ANSWER_MS);
        return Clock.msSince(writtenNanos) - QUIET_MS;
    }
}
