package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.MuteCrowd;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** More people come than there is room for, and all at once. */
@Tag("process")
class CrowdTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Tag("N4")
    void letsEverybodyInWhoComesAtTheSameMoment() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        List<RawClient> all = new ArrayList<>();
        try {
            for (int i = 0; i < 2_000; i++) {
                all.add(RawClient.connect(address(gateway), Wait.PATIENCE));
            }
            for (RawClient client : all) {
                var _ = client.sendUpgrade();
            }
            double whileTheyComeMs = ProbeTimes.take(gateway, "/healthz", 10).medianMs();
            for (RawClient client : all) {
                assertThat(client.readAnswer(false).status()).isEqualTo(101);
                assertThat(client.readText()).contains("connect.challenge");
            }
            assertThat(whileTheyComeMs).isLessThan(500);
        } finally {
            for (RawClient client : all) {
                client.close();
            }
        }
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("P5")
    void restsWhenItHasNoDescriptorLeftAndRecovers() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long pid = gateway.generationPid();
        try (GatewayClient inside = gateway.connect()) {
            JsonNode _ = inside.call("health"); // a class that cannot be loaded is another story
            limitDescriptors(pid, descriptors(pid) + 20);
            try (var crowd = new MuteCrowd(address(gateway), gateway.token())) {
                for (int i = 0; i < 100; i++) {
                    RawClient _ = crowd.join(MuteCrowd.Kind.SILENT);
                }
                long beforeMs = cpuMs(pid);
                Wait.pause(2_000); // a spin would show
                assertThat(cpuMs(pid) - beforeMs).isLessThan(1_000);
                assertThat(inside.call("health").path("ok").asBoolean(false)).isTrue();
            }
            Wait.until("it lets people in again", () -> isLive(gateway));
        }
        assertThat(gateway.generationPid()).isEqualTo(pid);
        assertThat(gateway.stopMs()).isLessThan(1_500);
    }

    private static InetSocketAddress address(GatewayProcess gateway) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
    }

    private static boolean isLive(GatewayProcess gateway) {
        try (RawClient client = RawClient.connect(address(gateway), Wait.PATIENCE)) {
            return client.http("GET", "/healthz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return open.count();
        }
    }

    private static long cpuMs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO)
                .toMillis();
    }

    private static void limitDescriptors(long pid, long most) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is installed");
        Process prlimit =
                new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + most + ":")
                        .start();
        assertThat(prlimit.waitFor(Wait.PATIENCE)).isTrue();
        assertThat(prlimit.exitValue()).isZero();
    }
}
