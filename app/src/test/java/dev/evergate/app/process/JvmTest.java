package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The keys of the configuration that only another process can take. */
@Tag("process")
class JvmTest {
    private static final String CONFIG =
            "{ gateway: { auth: { token: \"a-test-token\" } }, jvm: { maxHeapMb: %d, options: [%s] } }";

    @RegisterExtension final Gateways gateways = new Gateways();

    /** What the newest generation was started with beyond its build. */
    private static String options(GatewayProcess gateway) throws IOException {
        Path file = gateway.stateDir().resolve("run/jvm.args");
        String line =
                gateway.generations().getLast().info().commandLine().orElse("").replace('\0', ' ');
        return line.contains("/run/generation.args") && Files.exists(file)
                ? Files.readString(file)
                : "";
    }

    private static void await(GatewayProcess gateway, long generation) {
        Restarts restarts = new Restarts(gateway);
        Wait.until(
                () -> "generation " + generation + " serves alone; " + gateway.describe(),
                () -> gateway.generations().size() == 1 && restarts.serving() == generation);
    }

    @Test
    @Tag("I34")
    void areTakenByTheNextGenerationOrByNone() throws Exception {
        GatewayProcess gateway =
                gateways.startReady(GatewayProcess.launch().config(CONFIG.formatted(96, "")));
        await(gateway, 2); // a keeper knows no configuration: its first one asks for the next
        assertThat(options(gateway)).contains("-Xmx96m");

        Path file = gateway.stateDir().resolve("evergate.json");
        Files.writeString(file, CONFIG.formatted(96, "\"-Xss768k\""));
        await(gateway, 3);
        assertThat(options(gateway)).contains("-Xmx96m", "-Xss768k");

        // No JVM comes up with this one.
        Files.writeString(file, CONFIG.formatted(96, "\"-XX:ReservedCodeCacheSize=1k\""));
        Path refused = gateway.stateDir().resolve("run/jvm.refused");
        // First it is noted which ones are refused, then those of before take their place.
        Wait.until(
                () -> "it is refused; " + gateway.describe(),
                () -> Files.exists(refused) && !options(gateway).contains("CodeCache"));
        assertThat(options(gateway)).contains("-Xss768k");
        Wait.until(
                () -> "a person is told; " + gateway.describe(),
                () -> gateway.get("/readyz").body().contains("jvm.options"));
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);

        var _ = gateway.killGeneration();
        gateway.awaitReady();
        assertThat(options(gateway)).contains("-Xss768k");
    }
}
