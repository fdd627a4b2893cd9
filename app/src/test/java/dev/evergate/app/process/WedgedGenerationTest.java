package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A generation that makes no progress is found, described and replaced, and nobody is refused. */
@Tag("process")
class WedgedGenerationTest {
    private static final String GAUGE = "dev.evergate.server.LoopGauge";

    /** A machine that is busy with more than this test may have no time for a thread dump. */
    private static final String NO_ANSWER = "its JVM did not answer";

    @TempDir Path folder;
    private static final String WRITER_AGE = "evergate_loop_age_seconds{loop=\"store-writer\"}";

    @RegisterExtension final Gateways gateways = new Gateways();

    /** What is done to a generation. */
    private interface Injury {
        void inflict() throws Exception;
    }

    @Test
    @Tag("I5")
    @Tag("I8")
    void aStoppedGenerationIsReplaced() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long stopped = gateway.generationPid();

        replaces(gateway, 1, () -> GatewayProcess.signal("STOP", stopped));

        assertThat(ProcessHandle.of(stopped)).isEmpty();
        assertThat(events(gateway, "generation.wedged"))
                .singleElement()
                .asString()
                .contains("its process is stopped (state T)");
    }

    @Test
    @Tag("I5")
    void aDeadlockInTheCoreLoopIsFound() throws Exception {
        GatewayProcess gateway = gateways.startReady(operable());
        try (Surgeon surgeon = Surgeon.of(gateway, 1)) {
            Thread.startVirtualThread(() -> say(gateway, "hello"));
            replaces(
                    gateway,
                    1,
                    () -> surgeon.deadlock("core", "dev.evergate.*", "dev.evergate.core.time.*"));
        }
        assertThat(events(gateway, "generation.wedged"))
                .singleElement()
                .asString()
                .contains("loop core is stuck")
                .contains("thread core waits");
        assertThat(events(gateway, "generation.described"))
                .singleElement()
                .asString()
                .containsAnyOf("java.lang.Thread.join", NO_ANSWER);
    }

    @Test
    @Tag("I5")
    void anEndlessLoopOnAWorkerIsFound() throws Exception {
        GatewayProcess gateway = gateways.startReady(operable());
        try (Surgeon surgeon = Surgeon.of(gateway, 1)) {
            replaces(gateway, 1, () -> surgeon.burn("worker", GAUGE));
        }
        assertThat(events(gateway, "generation.wedged"))
                .singleElement()
                .asString()
                .contains("loop worker-")
                .contains("thread worker-")
                .contains(" ms of CPU in ");
        assertThat(events(gateway, "generation.described"))
                .singleElement()
                .asString()
                .containsAnyOf("java.util.regex", NO_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"door", "worker", "timers"})
    @Tag("full")
    @Tag("I5")
    void aDeadlockInAnyOtherLoopIsFoundToo(String loop) throws Exception {
        GatewayProcess gateway = gateways.startReady(operable());
        String classes = loop.equals("timers") ? "dev.evergate.app.KeeperDoor" : GAUGE;
        try (Surgeon surgeon = Surgeon.of(gateway, 1)) {
            replaces(gateway, 1, () -> surgeon.deadlock(loop, classes));
        }
        assertThat(events(gateway, "generation.wedged"))
                .singleElement()
                .asString()
                .contains(loop.equals("timers") ? "no beat for" : "loop " + loop);
    }

    @Test
    @Tag("I5")
    @Tag("I40")
    void oneWithoutMemoryEndsAndIsReplaced() throws Exception {
        GatewayProcess gateway = gateways.startReady(operable());
        try (Surgeon surgeon = Surgeon.of(gateway, 1);
                Prober probe = Prober.start(gateway.url())) {
            surgeon.exhaustHeap("worker", GAUGE);
            awaitServing(gateway, 2);

            assertThat(probe.stop().refused()).as(probe.toString()).isZero();
        }
        assertThat(events(gateway, "generation.ended"))
                .first()
                .asString()
                .contains("Generation 1 ended with code 3 after serving");
    }

    @Test
    @Tag("I7")
    void whatAToolLeavesBehindLivesAndDiesWithItsGeneration() throws Exception {
        Path script = folder.resolve("tool.sh");
        Path said = folder.resolve("pid");
        Files.writeString(
                script,
                "(setsid sh -c 'trap \"\" TERM; echo $$ > %1$s.new; mv %1$s.new %1$s; sleep 300; :' &) &"
                        .formatted(said));
        GatewayProcess gateway = gateways.startReady(operable());
        long generation = gateway.generationPid();
        try (Surgeon surgeon = Surgeon.of(gateway, 1)) {
            surgeon.start("sh " + script, "worker", GAUGE);
            Wait.until("the tool has forked twice", () -> Files.exists(said));
        }
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(Files.readString(said).strip())).orElseThrow();
        Wait.until(
                () -> "the generation adopts " + left + " of " + left.parent(),
                () -> left.parent().map(ProcessHandle::pid).orElse(0L) == generation);

        gateway.killGeneration();

        FairWatch watch = FairWatch.start();
        Wait.until("it is gone", () -> !left.isAlive());
        assertThat(watch.ms()).isLessThan(1_000);
    }

    @Test
    @Tag("I13")
    void oneWhoseStoreHangsIsUnreadyAndNotKilled() throws Exception {
        GatewayProcess gateway = gateways.startReady(operable());
        long generation = gateway.generationPid();
        try (Surgeon surgeon = Surgeon.of(gateway, 1)) {
            surgeon.deadlock("store-writer", "dev.evergate.store.*");
            Wait.until(
                    "it says so",
                    () -> {
                        try {
                            return gateway.get("/readyz").statusCode() == 503;
                        } catch (IOException e) {
                            return false;
                        }
                    });
            Wait.until(
                    "it hangs for longer than any verdict takes",
                    () -> Metrics.of(gateway).getOrDefault(WRITER_AGE, 0.0) > 4);

            assertThat(gateway.generationPid()).isEqualTo(generation);
            assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Tag("full")
    void oneThatGetsLittleOfTheMachineIsNotKilled() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long generation = gateway.generationPid();
        new ProcessBuilder("renice", "-n", "10", "-p", Long.toString(generation))
                .inheritIO()
                .start()
                .waitFor();
        List<Process> burners = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                burners.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            try (Prober probe = Prober.start(gateway.url())) {
                Thread.sleep(15_000); // The load is what is tested.
                assertThat(probe.stop().refused()).as(probe.toString()).isZero();
            }
        } finally {
            burners.forEach(Process::destroyForcibly);
        }
        assertThat(gateway.generationPid()).isEqualTo(generation);
        assertThat(events(gateway, "generation.wedged")).isEmpty();
    }

    @Test
    @Tag("full")
    void aPausedGatewayGoesOnAsIfNothingHadBeen() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long generation = gateway.generationPid();
        for (int i = 0; i < 3; i++) {
            GatewayProcess.signal("STOP", generation);
            GatewayProcess.signal("STOP", gateway.keeperPid());
            Thread.sleep(5_000); // The pause is what is tested.
            GatewayProcess.signal("CONT", gateway.keeperPid());
            GatewayProcess.signal("CONT", generation);
            Thread.sleep(2_500); // Long enough for a verdict to fall.
        }

        assertThat(gateway.generationPid()).isEqualTo(generation);
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("I17")
    void aGenerationWithoutItsKeeperEndsAndLosesNothing() throws Exception {
        GatewayLaunch launch = GatewayProcess.launch();
        GatewayProcess gateway = gateways.startReady(launch);
        ProcessHandle generation = ProcessHandle.of(gateway.generationPid()).orElseThrow();
        GatewayClient client = say(gateway, "hello");

        GatewayProcess.signal("KILL", gateway.keeperPid());

        FairWatch watch = FairWatch.start();
        Wait.until("the generation is gone", () -> !generation.isAlive());
        assertThat(watch.ms()).isLessThan(2_500);
        client.drop();
        GatewayProcess next = gateways.startReady(launch);
        assertThat(next.connect().call("chat.history", "{\"sessionKey\":\"main\"}").toString())
                .contains("hello");
    }

    private static GatewayClient say(GatewayProcess gateway, String text) {
        GatewayClient client = gateway.connect();
        client.call(
                "chat.send",
                "{\"sessionKey\":\"main\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                        .formatted(text, text));
        return client;
    }

    private GatewayLaunch operable(String... options) throws IOException {
        return GatewayProcess.launch().dist(Surgeon.operable(folder, options));
    }

    /** How long it took until the wedge was found, and until somebody served again. */
    private record Times(long foundMs, long backMs) {}

    /** Hurts the generation and waits for the next. */
    private static Times replaces(GatewayProcess gateway, int generation, Injury injury)
            throws Exception {
        try (Prober probe = Prober.start(gateway.url())) {
            injury.inflict();
            long hurtMs = System.currentTimeMillis();
            awaitServing(gateway, generation + 1);
            long backMs = System.currentTimeMillis();
            long foundMs = timeOf(events(gateway, "generation.wedged").getLast());
            assertThat(probe.stop().refused()).as(probe.toString()).isZero();
            return new Times(foundMs - hurtMs, backMs - hurtMs);
        }
    }

    private static void awaitServing(GatewayProcess gateway, int generation) {
        Wait.until(
                () -> "generation " + generation + " is ready; " + gateway.describe(),
                () -> {
                    try {
                        String body = gateway.get("/readyz").body();
                        return body.contains("\"ready\":true")
                                && body.contains("\"generation\":" + generation);
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private static long timeOf(String line) {
        return Instant.parse(line.substring(9, 33)).toEpochMilli();
    }

    /** The lines of the log about an event. */
    private static List<String> events(GatewayProcess gateway, String name) throws IOException {
        try (Stream<Path> files = Files.list(gateway.stateDir().resolve("logs"))) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .flatMap(WedgedGenerationTest::lines)
                    .filter(line -> line.contains("\"event\":\"" + name + "\""))
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }
}
