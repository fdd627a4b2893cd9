package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A generation that makes no progress is found, described and replaced, and nobody is refused. */
@Tag("process")
class WedgedGenerationTest {
    private static final String GAUGE = "dev.evergate.server.LoopGauge";

    @TempDir Path folder;
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
                .contains("java.lang.Thread.join");
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
                .contains("java.util.regex");
    }

    private static void say(GatewayProcess gateway, String text) {
        GatewayClient client = gateway.connect();
        client.call(
                "chat.send",
                "{\"sessionKey\":\"main\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                        .formatted(text, text));
    }

    private GatewayLaunch operable(String... options) throws IOException {
        return GatewayProcess.launch().dist(Surgeon.operable(folder, options));
    }

    /** Hurts the generation and waits for the next; prints how long it took. */
    private void replaces(GatewayProcess gateway, int generation, Injury injury) throws Exception {
        try (Prober probe = Prober.start(gateway.url())) {
            injury.inflict();
            long hurtMs = System.currentTimeMillis();
            awaitServing(gateway, generation + 1);
            long backMs = System.currentTimeMillis();
            long foundMs = timeOf(events(gateway, "generation.wedged").getLast());
            assertThat(probe.stop().refused()).as(probe.toString()).isZero();
            System.out.printf(
                    "found after %d ms, back after %d ms; %s%n",
                    foundMs - hurtMs, backMs - hurtMs, probe);
        }
    }

    private static void awaitServing(GatewayProcess gateway, int generation) {
        Wait.until(
                () -> "generation " + generation + " is ready; " + gateway.describe(),
                60_000,
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
