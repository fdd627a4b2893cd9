package dev.evergate.bench.measure;

import dev.evergate.bench.Measure;
import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.load.Clients;
import dev.evergate.bench.load.Connection;
import dev.evergate.bench.load.Turns;
import dev.evergate.bench.time.Clock;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A greeting from message to last event, and how many messages a second are durably accepted. */
public final class TurnMeasure implements Measure {
    private static final double TURN_MS = 50;
    private static final int TURNS_PER_SESSION = 10;
    private static final int IN_FLIGHT = 64;
    private static final int CONNECTIONS = 16;
    private static final int SESSIONS = 1_024;
    private static final int SYNCS = 200;
    private static final int PAGE_BYTES = 4_096;

    @Override
    public String name() {
        return "turns";
    }

    @Override
    public void run(Plan plan, Report report) throws Exception {
        int turns = plan.isQuick() ? 50 : 300;
        int messages = plan.isQuick() ? 1_000 : 5_000;
        Report.Section section =
                report.section("turns over an instant provider, warm")
                        .figure("greeting p50", "ms", Target.atMost(TURN_MS), "")
                        .figure("greeting p99", "ms")
                        .figure("acknowledgement p50, one at a time", "ms")
                        .figure("acknowledgements, 64 in flight", "/s")
                        .figure("acknowledgement p50, 64 in flight", "ms")
                        .figure("acknowledgement p99, 64 in flight", "ms")
                        .figure("whole turns, 64 acks in flight", "/s")
                        .figure("generation CPU", "µs/turn")
                        .figure("refused", "")
                        .figure("write and sync of 4 KiB, this disk", "ms");
        try (FakeOpenAi model =
                        FakeOpenAi.start().always(ModelScript.text("Hello! How can I help?"));
                Product product =
                        Product.start(
                                plan.build(),
                                Build.Start.KEEPER,
                                Product.newState(plan.build(), Optional.of(model.baseUrl())));
                Clients clients = new Clients(1)) {
            List<Connection> one = clients.open(product.port(), Optional.of(Product.TOKEN), 1);
            List<Connection> many =
                    clients.open(product.port(), Optional.of(Product.TOKEN), CONNECTIONS);
            new Turns("warm", one).oneByOne(turns, TURNS_PER_SESSION);
            new Turns("warm-flood", many).flood(messages, IN_FLIGHT, SESSIONS);
            for (int i = 0; i < plan.longRuns(); i++) {
                many.forEach(connection -> connection.listen(Connection.Listener.IGNORE));
                Turns.Result greeting =
                        new Turns("greet" + i, one).oneByOne(turns, TURNS_PER_SESSION);
                section.add("greeting p50", greeting.answers().ms(0.5));
                section.add("greeting p99", greeting.answers().ms(0.99));
                section.add(
                        "acknowledgement p50, one at a time", greeting.acknowledgements().ms(0.5));
                one.forEach(connection -> connection.listen(Connection.Listener.IGNORE));
                double cpuMs = product.generationCpuMs();
                Turns.Result flood =
                        new Turns("flood" + i, many).flood(messages, IN_FLIGHT, SESSIONS);
                addFlood(section, flood, messages, product.generationCpuMs() - cpuMs);
                section.add("write and sync of 4 KiB, this disk", syncMs(plan.build().work()));
            }
        }
        section.close();
    }

    private static void addFlood(
            Report.Section section, Turns.Result flood, int messages, double cpuMs) {
        section.add("acknowledgements, 64 in flight", messages / (flood.acknowledgedMs() / 1_000));
        section.add("acknowledgement p50, 64 in flight", flood.acknowledgements().ms(0.5));
        section.add("acknowledgement p99, 64 in flight", flood.acknowledgements().ms(0.99));
        section.add("whole turns, 64 acks in flight", messages / (flood.answeredMs() / 1_000));
        section.add("generation CPU", cpuMs * 1_000 / messages);
        section.add("refused", flood.refused());
    }

    /** What the disk takes for the smallest durable write there is. */
    private static double syncMs(Path work) throws Exception {
        Path file = work.resolve("sync");
        List<Double> times = new ArrayList<>();
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long started = Clock.nanos();
                channel.write(ByteBuffer.allocate(PAGE_BYTES), (long) i * PAGE_BYTES);
                channel.force(false);
                times.add(Clock.msSince(started));
            }
        }
        times.sort(null);
        return times.get(SYNCS / 2);
    }
}
