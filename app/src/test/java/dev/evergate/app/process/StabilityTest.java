package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.observe.Stability;
import dev.evergate.app.observe.Stability.Chapter;
import dev.evergate.keeper.ring.RingReader;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The ring says why the gateway restarted, whoever was killed, and never keeps it from starting.
 */
@Tag("process")
class StabilityTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void everyDeathIsToldByTheRing() throws Exception {
        GatewayLaunch launch = GatewayProcess.launch();
        GatewayProcess gateway = gateways.startReady(launch);
        Path ring = launch.stateDir().resolve("ring");
        long killed = gateway.killGeneration();
        awaitResult(ring, "generation 2 serves");
        assertThat(killed).isPositive();
        Chapter crash = chapters(ring).getFirst();
        assertThat(crash.cause()).startsWith("Generation 1 was ended by signal 9");
        assertThat(crash.isPlanned()).isFalse();

        Map<String, Double> metrics = Metrics.of(gateway);
        assertThat(metrics)
                .containsEntry("evergate_generation", 2.0)
                .containsEntry("evergate_ready", 1.0)
                .containsEntry("evergate_phase{phase=\"running\"}", 1.0)
                .containsEntry("evergate_lifecycle_events_total{event=\"generation.ended\"}", 1.0);
        assertThat(metrics.get("evergate_store_commit_seconds_count")).isPositive();

        GatewayProcess.signal("KILL", gateway.keeperPid());
        gateway.awaitExit();
        GatewayProcess second =
                gateways.startReady(GatewayProcess.launch().stateDir(launch.stateDir()));
        awaitResult(ring, "generation 3 serves");
        assertThat(chapters(ring).getFirst().cause()).startsWith("the keeper ended without a word");

        second.stop();
        assertThat(chapters(ring).getFirst().result()).isEqualTo("stopped: Exit code 0");
        assertThat(RingReader.read(ring))
                .extracting(RingRecord::event)
                .contains("generation.ready", "generation.stopped");
    }

    @Test
    void aDamagedRingIsReplacedAndDoesNotBlockAStart() throws IOException {
        GatewayLaunch launch = GatewayProcess.launch();
        Path ring = launch.stateDir().resolve("ring");
        Files.createDirectories(launch.stateDir());
        Files.writeString(ring, "not a ring");

        GatewayProcess gateway = gateways.startReady(launch);
        try (var file = Files.newByteChannel(ring, StandardOpenOption.WRITE)) {
            file.truncate(100); // under the hands of two living processes
        }
        gateway.killGeneration();

        gateway.awaitReady();
        Wait.until("there is a ring again", () -> !RingReader.read(ring).isEmpty());
        assertThat(gateway.stop()).isZero();
    }

    private static void awaitResult(Path ring, String result) {
        Wait.until(
                () -> result + " is told, not " + chapters(ring),
                () -> chapters(ring).getFirst().result().equals(result));
    }

    private static List<Chapter> chapters(Path ring) {
        return Stability.chapters(RingReader.read(ring));
    }
}
