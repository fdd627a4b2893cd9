package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.plugin.BadPlugin;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.stream.Stream;

/** Health says what is, at once, whatever else goes on. */
@Tag("process")
@Tag("I13")
@Tag("I16")
class HealthTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG =
            """
            { gateway: { auth: { token: "a-test-token" } },
              models: { providers: {
                bad: { api: "bad", baseUrl: "http://127.0.0.1:1/ok", models: [{ id: "m" }] } } },
              agents: { defaults: { model: { primary: "bad/m" } } } }
            """;

    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir Path folder;

    private GatewayProcess start() {
        return gateways.startReady(
                GatewayProcess.launch().plugin(BadPlugin.jar(folder)).config(CONFIG));
    }

    @Test
    @Tag("I14")
    @Tag("I29")
    void isUnreadyWhileNothingCanBeStoredAndHealsByItself() throws Exception {
        GatewayProcess gateway = start();

        try (Connection other = lockedDatabase(gateway)) {
            awaitReadiness(gateway, 503, 2_500);
            assertThat(gateway.get("/readyz").body())
                    .contains("\"ready\":false")
                    .contains("\"failing\":[\"state-database\"]")
                    .contains("\"generation\":1");
            try (GatewayClient client = gateway.connect()) {
                for (int i = 0; i < 100; i++) { // every writer waits, and so does who asks it
                    GatewayClient.Call _ = client.start("chat.send", JSON.readTree(message(i)));
                }
                assertThat(ProbeTimes.take(gateway, "/healthz", 40).medianMs()).isLessThan(100);
                assertThat(gateway.get("/healthz?strict=1").statusCode()).isEqualTo(200);
            }
        }
        awaitReadiness(gateway, 200, 5_000);

        limitFileSize(gateway.generationPid(), "1:");
        awaitReadiness(gateway, 503, 2_500);
        assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
        limitFileSize(gateway.generationPid(), "unlimited:");
        awaitReadiness(gateway, 200, 5_000);
        assertThat(gateway.generations()).hasSize(1);
    }

    @Test
    void tellsTheTruthFromTheFirstInstantOfAStopToTheLast() throws Exception {
        GatewayProcess gateway = start();
        try (GatewayClient client = gateway.connect()) {
            Turns.send(client, "block"); // so that the stop takes as long as it may
            GatewayProcess.signal("TERM", gateway.keeperPid());
            Wait.until(
                    "a strict probe is told",
                    () -> ask(gateway, "GET", "/healthz?strict=1").status() == 503);

            assertThat(ask(gateway, "GET", "/healthz?strict=1").body())
                    .startsWith("{\"live\":false,\"phase\":\"shutting_down\"")
                    .contains("\"generation\":1", "\"instance\":\"", "\"epoch\":1");
            RawClient.Answer head = ask(gateway, "HEAD", "/healthz?strict=1");
            assertThat(head.status()).isEqualTo(503);
            assertThat(head.body()).isEmpty();
            assertThat(ask(gateway, "GET", "/healthz").status()).isEqualTo(200);
            assertThat(ask(gateway, "GET", "/startupz").status()).isEqualTo(200);
            assertThat(ask(gateway, "POST", "/healthz").status()).isEqualTo(405);
            RawClient.Answer ready = ask(gateway, "GET", "/readyz");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).contains("\"failing\":[\"gateway-draining\"]");
            RawClient.Answer refused = ask(gateway, "GET", "/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.head()).containsPattern("Retry-After: [1-3]\r\n");
            assertThat(ProbeTimes.take(gateway, "/healthz?strict=1", 40).medianMs())
                    .isLessThan(100);
            assertThat(gateway.isAlive()).isTrue();
            assertThat(logged(gateway, "gateway.healthz.shutting_down_response")).isOne();
        }
        GatewayProcess.signal("TERM", gateway.keeperPid());
        assertThat(gateway.awaitExit()).isZero();
    }

    private static String message(int number) {
        return """
                {"sessionKey":"main","message":"hello","idempotencyKey":"key-%d"}"""
                .formatted(number);
    }

    private static RawClient.Answer ask(GatewayProcess gateway, String method, String path) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        try (RawClient client = RawClient.connect(address, Wait.PATIENCE)) {
            return client.http(method, path);
        } catch (IOException e) {
            throw new AssertionError("no answer to " + path + ": " + e, e);
        }
    }

    private static void awaitReadiness(GatewayProcess gateway, int status, long withinMs) {
        Wait.until(
                "/readyz answers " + status,
                withinMs,
                () -> ask(gateway, "GET", "/readyz").status() == status);
    }

    /** Another process's transaction that goes on until the connection is closed. */
    private static Connection lockedDatabase(GatewayProcess gateway) throws Exception {
        Path file = gateway.stateDir().resolve("data/evergate.db");
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            int _ = statement.executeUpdate("BEGIN IMMEDIATE");
        }
        return connection;
    }

    private static void limitFileSize(long pid, String limit) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is installed");
        Process prlimit =
                new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + limit)
                        .start();
        assertThat(prlimit.waitFor(Wait.PATIENCE)).isTrue();
        assertThat(prlimit.exitValue()).isZero();
    }

    private static long logged(GatewayProcess gateway, String text) throws IOException {
        try (Stream<Path> files = Files.list(gateway.stateDir().resolve("logs"))) {
            long count = 0;
            for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                count += Files.readAllLines(file).stream().filter(l -> l.contains(text)).count();
            }
            return count;
        }
    }
}
