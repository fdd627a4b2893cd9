package dev.evergate.app.process;

import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.Time;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToDoubleFunction;

/**
 * What two clients have seen for a while that do nothing but ask: one for the gateway's health,
 * each time on a new connection, the other by a call on the connection it has.
 *
 * @param probesMs how long answers took, sorted
 * @param callsMs the same of calls
 * @param failures what was not answered, or wrongly
 */
record HonestClients(List<Double> probesMs, List<Double> callsMs, List<String> failures) {
    private static final int PAUSE_MS = 5;

    /** Something else that happens meanwhile. */
    interface Meanwhile {
        void run() throws Exception;
    }

    static HonestClients during(GatewayProcess gateway, Meanwhile other) throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        try (RealWorld world = new RealWorld(Throwable::printStackTrace);
                GatewayClient client = gateway.connect();
                Asking probes = new Asking(world.time(), () -> probe(address), failures);
                Asking calls = new Asking(world.time(), () -> client.call("health"), failures)) {
            other.run();
            return new HonestClients(probes.stop(), calls.stop(), List.copyOf(failures));
        }
    }

    private static void probe(InetSocketAddress address) throws IOException {
        try (RawClient client = RawClient.connect(address, Wait.PATIENCE)) {
            RawClient.Answer answer = client.http("GET", "/healthz");
            if (answer.status() != 200) {
                throw new IOException("health is " + answer.status());
            }
        }
    }

    /** Asks again and again on a thread of its own, until it is stopped. */
    private static final class Asking implements AutoCloseable {
        private final List<Double> tookMs = Collections.synchronizedList(new ArrayList<>());
        private final Time time;
        private final Thread thread;
        private volatile boolean isOver;

        Asking(Time time, Meanwhile question, Queue<String> failures) {
            this.time = time;
            thread =
                    Thread.ofPlatform()
                            .name("honest")
                            .start(
                                    () -> {
                                        while (!isOver) {
                                            ask(question, failures);
                                            Wait.pause(PAUSE_MS); // the rate, nothing is awaited
                                        }
                                    });
        }

        private void ask(Meanwhile question, Queue<String> failures) {
            long beforeNanos = time.nanos();
            try {
                question.run();
                tookMs.add((time.nanos() - beforeNanos) / 1e6);
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }

        List<Double> stop() throws InterruptedException {
            isOver = true;
            thread.join(Wait.PATIENCE.toMillis());
            return tookMs.stream().sorted().toList();
        }

        @Override
        public void close() throws InterruptedException {
            var _ = stop();
        }
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(sorted.size() * share)));
    }

    private static double probeP99(HonestClients seen) {
        return at(seen.probesMs, 0.99);
    }

    private static double callP99(HonestClients seen) {
        return at(seen.callsMs, 0.99);
    }

    /** Medians over windows of time, and from which to which. */
    static String table(List<HonestClients> calm, List<HonestClients> attacked) {
        return "p99 of /healthz %s, attacked %s; p99 of a call %s, attacked %s"
                .formatted(
                        spread(calm, HonestClients::probeP99),
                        spread(attacked, HonestClients::probeP99),
                        spread(calm, HonestClients::callP99),
                        spread(attacked, HonestClients::callP99));
    }

    private static String spread(List<HonestClients> windows, ToDoubleFunction<HonestClients> of) {
        List<Double> sorted = windows.stream().map(of::applyAsDouble).sorted().toList();
        return String.format(
                Locale.ROOT,
                "%.1f ms (%.1f to %.1f)",
                at(sorted, 0.5 - 1e-9),
                sorted.getFirst(),
                sorted.getLast());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d probes: p99 %.1f ms, worst %.1f ms, and %d calls: p99 %.1f ms, worst %.1f ms",
                probesMs.size(),
                probeP99(this),
                probesMs.getLast(),
                callsMs.size(),
                callP99(this),
                callsMs.getLast());
    }
}
