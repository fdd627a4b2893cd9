package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.app.process.SlowAttack.Kind;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Clients that are slow on purpose, in every way that slowhttptest knows, cost the others nothing:
 * those are answered, the slow ones are few soon, and what they make us hold is little.
 */
@Tag("process")
@Tag("S6")
@Tag("S19")
class SlowHttpTest {
    private static final int FILE_BYTES = 4 << 20;

    /** Strangers that may stay, files that are given away at once, and a few of our own. */
    private static final int SOCKETS_MAX = 64 + 128 + 30;

    private static final long GROWTH_MIB_MAX = 200;

    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir Path folder;

    private GatewayProcess gateway;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(SlowAttack.isInstalled(), "needs slowhttptest");
        Path root = Files.createDirectories(folder.resolve("control-ui"));
        Files.createDirectories(root.resolve("assets"));
        Files.writeString(root.resolve("index.html"), "<!doctype html><title>x</title>");
        Files.write(root.resolve("assets/large-1.js"), new byte[FILE_BYTES]);
        gateway =
                gateways.startReady(
                        GatewayProcess.launch()
                                .config(
                                        """
                                        { gateway: { auth: { token: "a-token-of-this-very-test" },
                                            controlUi: { root: "%s" } } }
                                        """
                                                .formatted(root)));
    }

    @Test
    void honestClientsAreAnsweredAndSlowOnesAreFewSoon() throws Exception {
        HonestClients.during(gateway, () -> Wait.pause(2_000)); // what is loaded first is loaded
        long beforeMiB = residentMiB();
        HonestClients calm = HonestClients.during(gateway, () -> Wait.pause(4_000));
        HonestClients attacked =
                HonestClients.during(
                        gateway,
                        () -> {
                            try (SlowAttack all =
                                    SlowAttack.begin(gateway, List.of(Kind.values()))) {
                                Wait.pause(7_500);
                                assertThat(sockets()).isLessThan(SOCKETS_MAX);
                                all.await();
                            }
                        });
        System.out.println("Without slow clients " + calm + "; with 1,200 " + attacked);

        assertThat(attacked.failures()).isEmpty();
        assertThat(calm.failures()).isEmpty();
        assertThat(residentMiB() - beforeMiB).isLessThan(GROWTH_MIB_MAX);
        Wait.until("all of them have gone", () -> sockets() < 30);
    }

    @Test
    @Tag("full")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void eachKindCostsHonestClientsLittle() throws Exception {
        HonestClients.during(gateway, () -> Wait.pause(5_000));
        for (Kind kind : Kind.values()) {
            List<HonestClients> calm = new ArrayList<>();
            List<HonestClients> attacked = new ArrayList<>();
            for (int window = 0; window < 5; window++) {
                calm.add(HonestClients.during(gateway, () -> Wait.pause(10_000)));
                attacked.add(
                        HonestClients.during(
                                gateway,
                                () -> {
                                    try (SlowAttack one =
                                            SlowAttack.begin(gateway, List.of(kind))) {
                                        one.await();
                                    }
                                }));
            }
            System.out.println(kind + ": " + HonestClients.table(calm, attacked));
            assertThat(attacked).allSatisfy(each -> assertThat(each.failures()).isEmpty());
        }
    }

    /** Sockets of the process that serves. */
    private long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + gateway.generationPid() + "/fd"))) {
            return open.filter(SlowHttpTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Memory of the process that serves. */
    private long residentMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + gateway.generationPid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }
}
