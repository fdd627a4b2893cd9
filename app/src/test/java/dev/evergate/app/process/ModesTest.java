package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.TimeLimit;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a gateway lets clients in, and what becomes of that while it serves. */
@Tag("process")
@Tag("S2")
class ModesTest {
    @RegisterExtension final Gateways gateways = new Gateways();
    @TempDir private Path home = Path.of("");

    private final FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(1_000, 100));

    @AfterEach
    void close() {
        model.close();
    }

    private GatewayProcess start() {
        return gateways.startReady(
                GatewayProcess.launch()
                        .config(
                                """
                                { gateway: { auth: { token: "the first token" },
                                    http: { endpoints: { chatCompletions: { enabled: true } } } },
                                  models: { providers: { fake: { baseUrl: "%s", models: [{ id: "m" }] } } },
                                  agents: { defaults: { model: { primary: "fake/m" } } } }
                                """
                                        .formatted(model.baseUrl())));
    }

    private Said run(GatewayProcess gateway, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state-dir", gateway.stateDir().toString()));
        return Said.by(home, all.toArray(String[]::new));
    }

    private static InputStream stream(GatewayProcess gateway, String token) throws Exception {
        URI url = gateway.url().resolve("/v1/chat/completions");
        var request =
                HttpRequest.newBuilder(URI.create(url.toString().replaceFirst("^ws", "http")))
                        .header("Authorization", "Bearer " + token)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        """
                                        {"model":"openclaw","stream":true,
                                         "messages":[{"role":"user","content":"hello"}]}"""))
                        .build();
        HttpResponse<InputStream> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().read()).isNotNegative();
        return answer.body();
    }

    /** Reads until somebody ends it; how long that took, in milliseconds. */
    private static long endMs(InputStream stream) {
        TimeLimit limit = TimeLimit.in(Wait.PATIENCE.toMillis());
        long beganMs = limit.leftMs();
        try {
            boolean isMore = true;
            while (isMore && limit.leftMs() > 0) {
                isMore = stream.read() >= 0;
            }
        } catch (IOException cut) {
            return beganMs - limit.leftMs();
        }
        return beganMs - limit.leftMs();
    }

    @Test
    @Tag("I38")
    void anotherTokenEndsWhatTheOldOneLetInAlsoStreamsOverHttp() throws Exception {
        GatewayProcess gateway = start();
        try (GatewayClient client = gateway.connect();
                InputStream stream = stream(gateway, "the first token")) {
            Said rotated = run(gateway, "gateway", "auth-token", "--rotate");
            assertThat(rotated.exit()).as(rotated.notes()).isZero();

            assertThat(endMs(stream)).isLessThan(5_000);
            assertThat(client.awaitClose().code()).isEqualTo(4001);
        }
        assertThat(gateway.token()).hasSize(43);
        Said shown = run(gateway, "gateway", "auth-token");
        assertThat(shown.answer().strip()).isEqualTo(gateway.token());
        assertThat(run(gateway, "health").exit()).isZero();
        Said old = run(gateway, "health", "--token", "the first token");
        assertThat(old.exit()).isEqualTo(4);
        gateway.connect().close();
    }

    @Test
    @Tag("S1")
    void aChangeThatWouldLetStrangersInIsRefusedWhoeverMakesIt() throws Exception {
        GatewayProcess gateway = start();
        Path file = gateway.stateDir().resolve("evergate.json");
        String before = Files.readString(file);

        Said refused = run(gateway, "config", "set", "gateway.bind", "lan");
        assertThat(refused.exit()).isEqualTo(78);
        assertThat(refused.notes())
                .contains("gateway.bind", "evergate config set gateway.bind loopback");
        assertThat(Files.readString(file)).isEqualTo(before);

        Files.writeString(file, before.replace("auth:", "bind: 'lan', auth:"));
        Wait.until(
                "the problem is told",
                () -> gateway.get("/readyz").body().contains("lets others read along"));
        JsonNode status = run(gateway, "status", "--json").json();
        assertThat(status.toString()).contains("lets others read along");
        assertThat(gateway.stop()).isZero();

        // What was good before stands behind the file: it serves on, and still not for others.
        GatewayProcess again =
                gateways.startReady(
                        GatewayProcess.launch().stateDir(gateway.stateDir()).port(gateway.port()));
        assertThat(again.get("/readyz").body()).contains("lets others read along");
        assertThat(again.output()).contains("http://127.0.0.1:");
    }

    @Test
    void theModeThatAsksForNothingIsNamedInsecureEverywhere() throws Exception {
        GatewayProcess gateway = start();
        Said set = run(gateway, "config", "set", "gateway.auth.mode", "none");
        assertThat(set.exit()).as(set.notes()).isZero();

        assertThat(run(gateway, "status").answer()).contains("insecure").contains("auth-none");
        assertThat(run(gateway, "gateway", "status").answer()).contains("insecure");
        assertThat(
                        run(gateway, "gateway", "status", "--json")
                                .json()
                                .at("/gateway/auth")
                                .asString())
                .isEqualTo("none");
        Wait.until(
                "probes tell", () -> gateway.get("/readyz").body().contains("auth-none: insecure"));
        assertThat(gateway.log()).anyMatch(line -> line.contains("auth-none: insecure"));
        Said secret = run(gateway, "gateway", "auth-token", "--rotate");
        assertThat(secret.exit()).isEqualTo(2);
        assertThat(secret.notes()).contains("has no secret");

        Said back = run(gateway, "config", "set", "gateway.auth.mode", "token");
        assertThat(back.exit()).as(back.notes()).isZero();
        assertThat(run(gateway, "status").answer()).doesNotContain("insecure");
    }
}
