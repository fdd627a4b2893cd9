package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Bare;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.Connection;
import dev.evergate.bench.load.Turns;
import dev.evergate.bench.load.Watchers;
import dev.evergate.bench.time.Clock;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Streaming answers told to many clients, beside a server that does nothing but write the very
 * frames one of them got to as many clients.
 */
public final class FanOutMeasure implements Measure {
    private static final int WATCHERS = 1_000;
    private static final int WATCHERS_QUICK = 200;
    private static final int TURNS = 8;
    private static final int WARM_UP_ROUNDS = 2;
    private static final double PERCENT = 70;
    private static final long QUIET_MS = 300;

    /** The gateway joins text that comes faster than this, so faster would mean fewer frames. */
    private static final int WORD_MS = 25;

    private static final int WORDS = 80;
    private static final long LIMIT_MS = 60_000;

    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        int count = plan.isQuick() ? WATCHERS_QUICK : WATCHERS;
        Report.Section section =
                report.section("fan-out: streaming turns to %,d clients".formatted(count))
                        .figure("gateway", "frames/s", Target.none(), "OpenClaw 92,000")
                        .figure("do-nothing server", "frames/s", Target.none(), "a write a frame")
                        .figure("gateway of do-nothing server", "%", Target.atLeast(PERCENT), "")
                        .figure("gateway CPU", "µs/frame")
                        .figure("do-nothing server CPU", "µs/frame")
                        .figure("frames to each client", "")
                        .figure("frames missed by the worst client", "");
        try (FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(WORDS, WORD_MS));
                Product product =
                        Product.start(
                                plan.build(),
                                Build.Start.KEEPER,
                                Product.newState(plan.build(), Optional.of(model.baseUrl())));
                Clients clients = new Clients(1)) {
            Gateway gateway = Gateway.with(clients, product, count);
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                Round _ = gateway.round("warm" + i);
            }
            Path recording = gateway.record(plan.build().work());
            try (Bare bare = Bare.start(plan.build(), "replay", recording.toString())) {
                Replay replay = Replay.with(clients, bare, count);
                for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                    Round _ = replay.round();
                }
                for (int i = 0; i < (plan.isQuick() ? 2 : plan.runs()); i++) {
                    add(section, replay.round(), gateway.round("run" + i));
                }
            }
        }
        section.close();
    }

    private static void add(Report.Section section, Round bare, Round gateway) {
        section.add("gateway", gateway.perSecond());
        section.add("do-nothing server", bare.perSecond());
        section.add("gateway of do-nothing server", 100 * gateway.perSecond() / bare.perSecond());
        section.add("gateway CPU", gateway.cpuMicros());
        section.add("do-nothing server CPU", bare.cpuMicros());
        section.add("frames to each client", gateway.most);
        section.add("frames missed by the worst client", gateway.most - gateway.fewest);
    }

    private record Round(long frames, long fewest, long most, double ms, double cpuMs) {
        double perSecond() {
            return frames / (ms / 1_000);
        }

        double cpuMicros() {
            return cpuMs * 1_000 / frames;
        }

        static Round between(
                Watchers.Count before, Watchers.Count after, long startNanos, double cpuMs) {
            return new Round(
                    after.all() - before.all(),
                    after.fewest() - before.fewest(),
                    after.most() - before.most(),
                    (after.lastNanos() - startNanos) / 1e6,
                    cpuMs);
        }
    }

    private record Gateway(
            Product product, List<Connection> senders, Connection recorded, Watchers watchers) {
        static Gateway with(Clients clients, Product product, int count) throws Exception {
            Optional<String> token = Optional.of(Product.TOKEN);
            List<Connection> senders = clients.open(product.port(), token, 1);
            List<Connection> watching = clients.open(product.port(), token, count);
            return new Gateway(product, senders, watching.getFirst(), new Watchers(watching));
        }

        Round round(String name) throws Exception {
            Watchers.Count before = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            double cpuMs = product.generationCpuMs();
            long started = Clock.nanos();
            new Turns(name, senders).concurrent(TURNS);
            Watchers.Count after = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            return Round.between(before, after, started, product.generationCpuMs() - cpuMs);
        }

        /** Writes what one client gets in one round to a file, one frame a line. */
        Path record(Path work) throws Exception {
            var recorder = new Watchers.Recorder();
            senders.getFirst().listen(Connection.Listener.IGNORE);
            recorded.listen(recorder);
            Turns turns = new Turns("recorded", senders);
            turns.concurrent(TURNS);
            Clock.pause(QUIET_MS);
            Path file = work.resolve("frames.jsonl");
            Files.write(file, recorder.frames());
            watchers.rejoin(recorded);
            return file;
        }
    }

    private record Replay(Bare bare, Connection trigger, Watchers watchers) {
        static Replay with(Clients clients, Bare bare, int count) throws Exception {
            List<Connection> watching = clients.open(bare.port(), Optional.empty(), count);
            return new Replay(bare, watching.getFirst(), new Watchers(watching));
        }

        Round round() throws Exception {
            Watchers.Count before = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            double cpuMs = bare.cpuMs();
            long started = Clock.nanos();
            trigger.call("0", "replay", "{}");
            Watchers.Count after = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            return Round.between(before, after, started, bare.cpuMs() - cpuMs);
        }
    }
}
