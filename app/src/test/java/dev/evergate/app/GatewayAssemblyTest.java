package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Ids;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.Tasks;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.MuteCrowd;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.FreePort;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A whole generation, in this process. */
class GatewayAssemblyTest {
    private final RealWorld real = new RealWorld(_ -> {});
    private final FakeOpenAi model = FakeOpenAi.start();
    private final AtomicInteger rounds = new AtomicInteger();

    @TempDir Path folder;
    private int port;
    private volatile Optional<StopReport> report = Optional.empty();

    @BeforeEach
    void configure() throws Exception {
        port = FreePort.find(real.entropy());
        Files.writeString(
                folder.resolve("evergate.json"),
                """
                { gateway: { port: %d, auth: { token: "a-test-token" } },
                  models: { providers: { fake: { baseUrl: "%s", models: [{ id: "m" }] } } },
                  agents: { defaults: { model: { primary: "fake/m" } } } }
                """
                        .formatted(port, model.baseUrl()));
    }

    @AfterEach
    void close() {
        model.close();
        real.close();
    }

    private GatewayAssembly build(World world, long generation) throws Exception {
        StateDirectory state = StateDirectory.at(folder).prepare();
        var life = new Door.Life("instance", generation, 0, 0, StartMode.NORMAL);
        return GatewayAssembly.build(world, Plans.plan(world, state, life, OptionalInt.empty()));
    }

    @Test
    @Tag("I2")
    void stopsInTheOrderOfTheListAndLetsNothingComeRound() throws Exception {
        model.always(ModelScript.silence());
        GatewayAssembly assembly = build(new CountingWorld(), 1);
        assembly.start();
        var _ = assembly.enter();
        assembly.moved(Phase.RUNNING);
        assembly.serve();
        try (GatewayClient client =
                GatewayClient.connect(URI.create("http://127.0.0.1:" + port), "a-test-token")) {
            JsonNode _ =
                    client.call(
                            "chat.send",
                            """
                            {"sessionKey":"main","message":"hello","idempotencyKey":"key"}""");
            var _ = model.awaitRequest(1);
            Wait.until("routines come round", () -> rounds.get() > 0);
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (var crowd = new MuteCrowd(address, "a-test-token").join(20)) {
            Thread stopping =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        assembly.moved(Phase.DRAINING);
                                        report = Optional.of(assembly.stop(1_500, 0));
                                    });
            Wait.until("a stop has begun", () -> isStopping(address));
            int before = rounds.get();
            stopping.join();

            // One may have been at work in that moment.
            assertThat(rounds.get()).isLessThanOrEqualTo(before + 1);
            assertThat(crowd.size()).isEqualTo(20);
        }
        assertThat(report.orElseThrow().steps())
                .extracting(StopReport.Step::component)
                .containsExactly("turns", "readiness", "lease", "server", "core", "store");
        assertThat(report.orElseThrow().isClean()).as("%s", report).isTrue();
        assertThat(report.orElseThrow().tookMs()).isBetween(1_500L, 3_500L);
        assertThat(isStopping(address)).isTrue();
    }

    @Test
    void closesWhatItHasOpenedWhenTheStartFails() throws Exception {
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            GatewayAssembly assembly = build(real, 1);

            assembly.start();
            var _ = assembly.enter();
            assertThatThrownBy(() -> assembly.serve())
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE));
            assertThat(openFiles()).noneMatch(file -> file.contains("evergate.db"));
        }
        GatewayAssembly next = build(real, 2);
        next.start();
        var _ = next.enter();
        next.serve();
        assertThat(next.stop(0, 0).isClean()).isTrue();
    }

    private static boolean isStopping(InetSocketAddress address) {
        try (RawClient prober = RawClient.connect(address, Wait.PATIENCE)) {
            return prober.http("GET", "/healthz?strict=1").status() == 503;
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    open.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        return open.stream().filter(file -> file.startsWith(folder.toString())).toList();
    }

    /** The real world, in which rounds are counted. */
    private final class CountingWorld implements World {
        private final World world = real;

        @Override
        public Timers timers() {
            return new Timers() {
                @Override
                public Timer after(long delayMs, Runnable action) {
                    return world.timers().after(delayMs, action);
                }

                @Override
                public Timer every(long periodMs, Runnable action) {
                    return world.timers()
                            .every(
                                    periodMs,
                                    () -> {
                                        int _ = rounds.incrementAndGet();
                                        action.run();
                                    });
                }
            };
        }

        @Override
        public Time time() {
            return world.time();
        }

        @Override
        public Tasks tasks() {
            return world.tasks();
        }

        @Override
        public Entropy entropy() {
            return world.entropy();
        }

        @Override
        public Ids ids() {
            return world.ids();
        }

        @Override
        public Loop loop(String name) {
            return world.loop(name);
        }
    }
}
