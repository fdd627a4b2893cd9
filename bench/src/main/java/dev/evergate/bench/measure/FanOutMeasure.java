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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Streaming answers told to many clients, beside a server that does nothing but write the very
 * frames one of them got to as many clients.
 */
public final class FanOutMeasure implements Measure {
    private static final int WATCHERS = 1_000;
    private static final int WATCHERS_QUICK = 200;
    private static final int TURNS = 24;
    private static final int WARM_UP_ROUNDS = 2;
    private static final double PERCENT = 70;
    private static final long QUIET_MS = 300;

    /** The gateway joins text that comes faster than this, so faster would mean fewer frames. */
    private static final int WORD_MS = 25;

    private static final int WORDS = 30;
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
                        .figure("gateway CPU", "µs/frame")
                        .figure("frames to each client", "")
                        .figure("frames missed by the worst client", "");
        for (Rival rival : Rival.values()) {
            rival.declare(section);
        }
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
            try (Replay each = Replay.of(Rival.EACH, clients, plan, recording, count);
                    Replay joined = Replay.of(Rival.JOINED, clients, plan, recording, count)) {
                for (int i = 0; i < (plan.isQuick() ? 2 : plan.runs()); i++) {
                    Round told = gateway.round("run" + i);
                    section.add("gateway", told.perSecond());
                    section.add("gateway CPU", told.cpuMicros());
                    section.add("frames to each client", told.most);
                    section.add("frames missed by the worst client", told.most - told.fewest);
                    each.compare(section, told);
                    joined.compare(section, told);
                }
            }
        }
        section.close();
    }

    /** What the gateway is compared with. */
    private enum Rival {
        EACH("do-nothing server", Target.atLeast(PERCENT), "it writes frames one by one"),

        /** What one client found together is often several writes, so this is a bound. */
        JOINED(
                "joined frames",
                Target.none(),
                "upper bound: it writes what comes together at once");

        private final String title;
        private final Target target;
        private final String remark;

        Rival(String title, Target target, String remark) {
            this.title = title;
            this.target = target;
            this.remark = remark;
        }

        void declare(Report.Section section) {
            section.figure(title, "frames/s", Target.none(), remark)
                    .figure(title + ", CPU", "µs/frame")
                    .figure("gateway of " + title, "%", target, "");
        }
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
            Files.write(file, recorder.lines());
            watchers.rejoin(recorded);
            return file;
        }
    }

    private record Replay(Rival rival, Bare bare, Connection trigger, Watchers watchers)
            implements AutoCloseable {
        static Replay of(Rival rival, Clients clients, Plan plan, Path recording, int count)
                throws Exception {
            List<String> mode = new ArrayList<>(List.of("replay", recording.toString()));
            if (rival == Rival.JOINED) {
                mode.add("joined");
            }
            Bare bare = Bare.start(plan.build(), mode.toArray(String[]::new));
            List<Connection> watching = clients.open(bare.port(), Optional.empty(), count);
            var replay = new Replay(rival, bare, watching.getFirst(), new Watchers(watching));
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                Round _ = replay.round();
            }
            return replay;
        }

        void compare(Report.Section section, Round gateway) throws Exception {
            Round round = round();
            section.add(rival.title, round.perSecond());
            section.add(rival.title + ", CPU", round.cpuMicros());
            section.add("gateway of " + rival.title, 100 * gateway.perSecond() / round.perSecond());
        }

        private Round round() throws Exception {
            Watchers.Count before = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            double cpuMs = bare.cpuMs();
            long started = Clock.nanos();
            trigger.call("0", "replay", "{}");
            Watchers.Count after = watchers.awaitQuiet(QUIET_MS, LIMIT_MS);
            return Round.between(before, after, started, bare.cpuMs() - cpuMs);
        }

        @Override
        public void close() throws Exception {
            bare.close();
        }
    }
}
