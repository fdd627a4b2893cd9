package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.Outcome;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gateway whose connections are encrypted. */
@Tag("process")
class TlsTest {
    @RegisterExtension final Gateways gateways = new Gateways();
    @TempDir Path folder;

    private TestCertificate first;
    private TestCertificate second;

    @BeforeEach
    void make() {
        first = TestCertificate.make(folder, "first");
        second = TestCertificate.make(folder, "second");
    }

    private GatewayProcess start() throws Exception {
        put(first);
        return gateways.startReady(
                GatewayProcess.launch()
                        .encrypted(first)
                        .config(
                                """
                                { gateway: { auth: { token: "a-test-token" },
                                  tls: { enabled: true, certPath: "%s", keyPath: "%s" } } }
                                """
                                        .formatted(folder.resolve("c"), folder.resolve("k"))));
    }

    private void put(TestCertificate renewed) throws IOException {
        Files.copy(renewed.key(), folder.resolve("k"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed.certificate(), folder.resolve("c"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static RawClient connect(GatewayProcess gateway, TestCertificate trusted)
            throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        return RawClient.connect(address, Wait.PATIENCE, trusted.trusting());
    }

    private static boolean shows(GatewayProcess gateway, TestCertificate trusted) {
        try (RawClient client = connect(gateway, trusted)) {
            return client.http("GET", "/healthz").status() == 200;
        } catch (IOException untrusted) {
            return false;
        }
    }

    /** What the command line says, and how it ends. */
    private static String command(GatewayProcess gateway, String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of(System.getProperty("evergate.dist"), "lib/cli.args"));
        command.addAll(List.of(words));
        command.addAll(List.of("--state-dir", gateway.stateDir().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("EVERGATE_") || name.startsWith("OPENCLAW_"));
        Process process = builder.start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue() + " " + said;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void isReachedByTheCommandLineAndTakesARenewedCertificate() throws Exception {
        GatewayProcess gateway = start();
        assertThat(command(gateway, "health")).startsWith("0 ").contains("ok");

        try (GatewayClient before = gateway.connect()) {
            put(second);

            Wait.until("the new one is shown", () -> shows(gateway, second));
            assertThat(before.call("health").path("ok").asBoolean()).isTrue();
        }
        assertThat(command(gateway, "health")).startsWith("0 ").contains("ok");
        String pin = "--tls-fingerprint=" + first.fingerprint();
        assertThat(command(gateway, "health", pin))
                .startsWith("3 ")
                .contains("has the fingerprint");

        // Files that are no use change nothing, not even across a restart.
        Files.writeString(folder.resolve("c"), "not a certificate");
        assertThat(new Restarts(gateway).askAndAwaitEnd().isGranted()).isTrue();
        assertThat(shows(gateway, second)).isTrue();
        try (RawClient client = connect(gateway, second)) {
            assertThat(client.http("GET", "/readyz").body())
                    .contains("tls: gateway.tls.certPath", "has no certificate");
        }
    }

    @Test
    @Tag("I4")
    void isNotTakenForDeadByASecondStart() throws Exception {
        GatewayProcess gateway = start();
        long generation = gateway.generationPid();

        GatewayProcess second =
                gateways.start(GatewayProcess.launch().stateDir(gateway.stateDir()));

        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.output()).contains("already");
        assertThat(gateway.generationPid()).isEqualTo(generation);
        assertThat(shows(gateway, first)).isTrue();
    }

    @Test
    @Tag("I34")
    void aStartThatCannotEncryptServesAsBefore() throws Exception {
        GatewayProcess before = gateways.startReady(GatewayProcess.launch());
        Path file = before.stateDir().resolve("evergate.json");
        assertThat(before.stop()).isZero();
        Files.writeString(
                file,
                "{ gateway: { auth: { token: \"a-test-token\" }, tls: { enabled: true, certPath:"
                        + " \"/nowhere/c\", keyPath: \"/nowhere/k\" } } }");

        GatewayProcess next =
                gateways.startReady(GatewayProcess.launch().stateDir(before.stateDir()));

        assertThat(next.get("/readyz").body())
                .contains("last-good-config", "gateway.tls.certPath: /nowhere/c does not exist");
    }

    /** The keys of an encrypted connection stay in the process that has them. */
    @Test
    @Tag("I6")
    void tellsEncryptedClientsToComeBackAtARestart() throws Exception {
        GatewayProcess gateway = start();
        try (GatewayClient client = gateway.connect()) {
            Outcome outcome = new Restarts(gateway).ask();

            assertThat(outcome.isGranted()).as(outcome.toString()).isTrue();
            long expectedMs =
                    client.await("shutdown", _ -> true).path("restartExpectedMs").asLong();
            assertThat(expectedMs).isBetween(1000L, 3000L);
            GatewayClient.Close close = client.awaitClose();
            assertThat(close.code()).isEqualTo(1012);
            assertThat(close.reason()).isEqualTo("service restart");
        }
        new Restarts(gateway).awaitOne();
        try (GatewayClient again = gateway.connect()) {
            JsonNode report = again.call("restarts.get", "{\"generation\":2}");
            assertThat(report.toString()).contains("\"result\":\"committed\"", "\"cut\":1");
        }
    }
}
