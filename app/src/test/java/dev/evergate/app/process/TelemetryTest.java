package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.ring.RingReader;
import dev.evergate.testkit.net.FakeCollector;
import dev.evergate.testkit.net.FakeCollector.Manner;
import dev.evergate.testkit.net.FakeCollector.SeenLog;
import dev.evergate.testkit.net.FakeCollector.SeenSpan;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/**
 * What a collector gets of a gateway that is killed and stopped, and that a bad one costs nothing.
 */
@Tag("process")
class TelemetryTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void aCollectorSeesTheCrashTheStopAndEveryCloseStep() {
        try (var collector = new FakeCollector(Manner.KIND)) {
            GatewayLaunch launch = GatewayProcess.launch().config(config(collector));
            GatewayProcess gateway = gateways.startReady(launch);
            long killedAtMs = System.currentTimeMillis();
            gateway.killGeneration();
            await(collector, "gateway.restart");

            SeenLog end = log(collector, "generation.ended");
            assertThat(end.text()).startsWith("Generation 1 was ended by signal 9");
            assertThat(end.atMs()).as("original time").isBetween(killedAtMs, killedAtMs + 10_000);
            Wait.until("metrics come", () -> collector.metrics().contains("evergate_generation"));
            assertThat(collector.resources())
                    .contains("service.name=evergate", "evergate.generation=2");

            GatewayProcess.signal("USR2", gateway.keeperPid());
            SeenSpan rehearsal = await(collector, "restart.rehearse");
            SeenSpan restart =
                    collector.spans().stream()
                            .filter(span -> span.id().equals(rehearsal.parent()))
                            .findFirst()
                            .orElseThrow();
            assertThat(restart.name()).isEqualTo("gateway.restart");

            assertThat(gateway.stop()).isZero();
            SeenSpan total = await(collector, "restart.close.total");
            List<String> steps =
                    collector.spans().stream()
                            .filter(span -> span.parent().equals(total.id()))
                            .map(SeenSpan::name)
                            .toList();
            assertThat(steps)
                    .contains("restart.close.server", "restart.close.core", "restart.close.store");
            assertThat(collector.malformed()).isEmpty();

            // What was said after the last shipment is told by the next life, and nothing twice.
            gateways.startReady(
                    GatewayProcess.launch().stateDir(launch.stateDir()).port(launch.port()));
            await(collector, "gateway.stop");
            long last = RingReader.exported(launch.stateDir().resolve("ring"));
            assertThat(last).isPositive();
            assertThat(
                            collector.logs().stream()
                                    .filter(log -> log.event().equals("keeper.stopped")))
                    .hasSize(1);
            assertThat(
                            collector.spans().stream()
                                    .filter(span -> span.name().equals("gateway.restart")))
                    .as("one for the crash, one for the signal")
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MUTE", "ENDLESS"})
    void aBadCollectorDelaysNeitherAnswersNorTheEnd(Manner manner) throws Exception {
        try (var collector = new FakeCollector(manner)) {
            GatewayProcess gateway =
                    gateways.startReady(GatewayProcess.launch().config(config(collector)));
            Wait.until("it tries", () -> !collector.requests().isEmpty());

            assertThat(gateway.stopMs()).as("exit did not wait").isLessThan(5_000);
            assertThat(gateway.awaitExit()).isZero();
        }
    }

    private static SeenSpan await(FakeCollector collector, String name) {
        Wait.until(
                () -> name + " in " + collector.spans() + collector.malformed(),
                () -> collector.spans().stream().anyMatch(span -> span.name().equals(name)));
        return collector.spans().stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static SeenLog log(FakeCollector collector, String event) {
        return collector.logs().stream()
                .filter(log -> log.event().equals(event))
                .findFirst()
                .orElseThrow();
    }

    private static String config(FakeCollector collector) {
        return """
        { gateway: { auth: { token: "a-test-token" } },
          diagnostics: { enabled: true,
            otel: { endpoint: "%s", headers: { "x-key": "s3cret" } } } }
        """
                .formatted(collector.endpoint());
    }
}
