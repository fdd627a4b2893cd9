package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class HttpTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient.Answer get(String target, String... headers) throws Exception {
        try (RawClient client = server.connect()) {
            return client.http("GET", target, headers);
        }
    }

    private long ageMs(String loop) {
        return server.server.loopAgesMs().getOrDefault(loop, -1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/health", "/readyz", "/ready", "/startupz"})
    void answersProbesToGetAndHead(String path) throws Exception {
        RawClient.Answer get = get(path);
        assertThat(get.status()).isEqualTo(200);
        assertThat(get.body()).contains("\"generation\":41", "\"instance\":\"instance-1\"");
        try (RawClient client = server.connect()) {
            RawClient.Answer head = client.http("HEAD", path);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.head()).containsPattern("Content-Length: [1-9]");
            assertThat(client.isEnded()).isTrue();
        }
        try (RawClient client = server.connect()) {
            RawClient.Answer post = client.http("POST", path, "Content-Length: 0");
            assertThat(post.status()).isEqualTo(405);
            assertThat(post.head()).contains("Allow: GET, HEAD");
        }
    }

    @Test
    void saysWhatItIsNotReadyFor() throws Exception {
        server.failing = List.of("state-unwritable");

        RawClient.Answer ready = get("/readyz");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.body())
                .startsWith(
                        "{\"ready\":false,\"failing\":[\"state-unwritable\"],"
                                + "\"notices\":[\"no channel is configured\"],"
                                + "\"phase\":\"running\"");
        assertThat(get("/healthz?strict=1").status()).isEqualTo(200);
    }

    @Test
    void doesNotBelieveAnOldSnapshot() throws Exception {
        server.ageNanos = 60_000_000_000L;

        assertThat(get("/readyz").body()).contains("\"failing\":[\"health-stale\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING, 200, 200, 503, 503",
        "STANDBY, 200, 200, 200, 200",
        "RUNNING, 200, 200, 200, 200",
        "DRAINING, 200, 503, 503, 200"
    })
    void tellsThePhase(Phase phase, int live, int strict, int ready, int started) throws Exception {
        server.phase = phase;

        assertThat(get("/healthz").status()).isEqualTo(live);
        assertThat(get("/healthz?strict=1").status()).isEqualTo(strict);
        assertThat(get("/readyz").status()).isEqualTo(ready);
        assertThat(get("/startupz").status()).isEqualTo(started);
    }

    @Test
    void hidesDetailFromWhoComesThroughAProxy() throws Exception {
        assertThat(get("/readyz", "X-Forwarded-For: 203.0.113.9").body())
                .doesNotContain("failing", "notices");
    }

    @Test
    @Tag("I16")
    void answersProbesWhileAllWorkersAndTasksHang() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<RawClient> stuck = new ArrayList<>();
        // The fake gateway's commands are asked on the event loop: here they never come back.
        server.gateway.commandGate = release;
        for (int i = 0; i < 4; i++) {
            RawClient client = server.admin();
            stuck.add(client);
        }
        for (RawClient client : stuck) {
            client.sendText("{\"type\":\"req\",\"id\":\"1\",\"method\":\"commands.list\"}");
        }
        Wait.until("both workers hang", () -> server.gateway.commandWaiters.get() == 2);
        var _ = server.server.loopAgesMs();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            server.world.tasks().start("hog", () -> spinUntil(release)); // no task runs any more
        }

        double worstMs = 0;
        for (int i = 0; i < 20; i++) {
            FairWatch watch = FairWatch.start();
            assertThat(get(i % 2 == 0 ? "/readyz" : "/healthz").status()).isEqualTo(200);
            worstMs = Math.max(worstMs, watch.ms());
        }
        assertThat(worstMs).isLessThan(100);
        Wait.until(
                "the gauges show the stuck workers and the living door",
                () -> ageMs("worker-0") > 20 && ageMs("worker-1") > 20 && ageMs("door") < 20);
        release.countDown();
        for (RawClient client : stuck) {
            assertThat(TestServer.answer(client, "1").path("ok").asBoolean()).isTrue();
            client.close();
        }
    }

    private static void spinUntil(CountDownLatch released) {
        while (released.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void greetsAtTheRootAndKnowsNoOtherPage() throws Exception {
        RawClient.Answer root = get("/");
        assertThat(root.status()).isEqualTo(200);
        assertThat(root.body()).startsWith("This is Evergate 0.1.0, and it is running.");
        assertThat(root.head())
                .contains(
                        "X-Content-Type-Options: nosniff",
                        "Referrer-Policy: no-referrer",
                        "Permissions-Policy: ");
        assertThat(get("/chat/main").status()).isEqualTo(404);
    }

    @Test
    void asksForASecretAtApiRoutes() throws Exception {
        RawClient.Answer refused = get("/v1/models");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body())
                .isEqualTo("{\"error\":{\"message\":\"Unauthorized\",\"type\":\"unauthorized\"}}");
        assertThat(get("/v1/models", "Authorization: Bearer " + FakeGateway.TOKEN).status())
                .isEqualTo(404);
        assertThat(get("/v1/models", "Authorization: Bearer wrong").status()).isEqualTo(401);
    }

    @Test
    void givesMetricsToWhoeverHoldsTheSecret() throws Exception {
        String secret = "Authorization: Bearer " + FakeGateway.TOKEN;

        assertThat(get("/metrics").status()).isEqualTo(401);
        assertThat(get("/metrics", "Authorization: Bearer wrong").status()).isEqualTo(401);
        for (String route : new String[] {"/metrics", "/api/diagnostics/prometheus"}) {
            RawClient.Answer metrics = get(route, secret);
            assertThat(metrics.status()).isEqualTo(200);
            assertThat(metrics.head()).contains("text/plain; version=0.0.4; charset=utf-8");
            assertThat(metrics.body()).isEqualTo("evergate_ready 1\n");
        }
        try (RawClient client = server.connect()) {
            RawClient.Answer refused = client.http("DELETE", "/metrics", secret);
            assertThat(refused.status()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 421",
        "evil.example:PORT, 421",
        "127.0.0.1:1, 421",
        "127.0.0.1, 421",
        "localhost.evil.example:PORT, 421",
        "localhost:PORT, 200",
        "LOCALHOST:PORT, 200",
        "127.0.0.1:PORT, 200",
        "[::1]:PORT, 200",
        "gate.example:8443, 200"
    })
    void answersOnlyToItsOwnNames(String host, int status) throws Exception {
        server.gateway.config = FakeGateway.config(List.of("https://gate.example:8443"), List.of());
        String named = host.replace("PORT", Integer.toString(server.address.getPort()));

        assertThat(get("/", "Host: " + named).status()).isEqualTo(status);
        assertThat(get("/healthz", "Host: " + named).status()).isEqualTo(status);
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade("Host: " + named).status())
                    .isEqualTo(status == 200 ? 101 : 421);
        }
    }

    @Test
    void refusesPagesOfOtherOrigins() throws Exception {
        assertThat(get("/", "Origin: https://evil.example").status()).isEqualTo(403);
        assertThat(get("/", "Origin: null").status()).isEqualTo(403);
        assertThat(get("/", "Origin: http://127.0.0.1:" + server.address.getPort()).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /%s HTTP/1.1\\r\\n\\r\\n | 9000 | 414",
                "GET / HTTP/1.1\\r\\nX: %s\\r\\n\\r\\n | 20000 | 431",
                "GET\\r\\n\\r\\n%s | 0 | 400",
                "GET / HTTP/1.1\\r\\nHost: a b: c%s\\r\\nX\\r\\n\\r\\n | 0 | 400"
            })
    void refusesMalformedHeads(String head, int length, int status) throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head.replace("\\r\\n", "\r\n").formatted("x".repeat(length)));

            assertThat(client.readAnswer(false).status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Version: 8, 426",
        "Sec-WebSocket-Key: short, 400",
        "Connection: keep-alive, 400"
    })
    void refusesMalformedUpgrades(String header, int status) throws Exception {
        List<String> headers =
                new ArrayList<>(
                        List.of(
                                "Upgrade: websocket",
                                "Connection: Upgrade",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="));
        String name = header.substring(0, header.indexOf(':'));
        headers.replaceAll(line -> line.startsWith(name + ":") ? header : line);

        assertThat(get("/", headers.toArray(new String[0])).status()).isEqualTo(status);
    }
}
