package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.List;

/** What keeps web pages from using the gateway, as far as it can be seen without a browser. */
@Tag("S11")
class PageDefenseTest {
    private static final String HOOK_TOKEN = "hook-token-0123456789";
    private static final String SAID = "{\"role\":\"user\",\"content\":\"x\"}";

    /** What does something when it is posted: where, by which secret, and what. */
    record Deed(String path, String secret, String body) {}

    private static final List<Deed> DEEDS =
            List.of(
                    new Deed(
                            "/tools/invoke",
                            FakeGateway.TOKEN,
                            "{\"tool\":\"sessions_send\",\"args\":{\"sessionKey\":\"main\","
                                    + "\"message\":\"x\",\"timeoutSeconds\":0}}"),
                    new Deed(
                            "/v1/chat/completions",
                            FakeGateway.TOKEN,
                            "{\"model\":\"openclaw\",\"messages\":[" + SAID + "]}"),
                    new Deed(
                            "/v1/responses",
                            FakeGateway.TOKEN,
                            "{\"model\":\"openclaw\",\"input\":\"x\"}"),
                    new Deed("/hooks/agent", HOOK_TOKEN, "{\"message\":\"x\"}"));

    private final TestServer server = new TestServer();

    @BeforeEach
    void switchOn() {
        server.gateway.config =
                FakeGateway.config(
                        new Http(
                                true,
                                true,
                                Embedding.NONE,
                                new Hooks(
                                        true,
                                        Secret.of(HOOK_TOKEN),
                                        "/hooks",
                                        100_000,
                                        List.of("*"),
                                        new SessionKeys("", false, List.of()),
                                        List.of())));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient.Answer ask(String method, String target, String... headers)
            throws IOException {
        try (RawClient client = server.connect()) {
            return client.http(method, target, headers);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, '', 200",
        "GET, /healthz, '', 200",
        "GET, /nowhere, '', 404",
        "POST, /, 'Content-Length: 0', 405",
        "GET, /v1/models, '', 401",
        "GET, /metrics, 'Authorization: Bearer 0123456789abcdef0123456789abcdef', 200",
        "GET, /, 'Origin: http://evil.example', 403",
        "GET, /, 'Host: evil.example', 421",
        "GET, /, 'Transfer-Encoding: nonsense', 400",
        "GET, /, 'Upgrade: websocket', 400"
    })
    void tellsBrowsersToMakeNothingOfAnAnswerThatIsNoPage(
            String method, String target, String header, int status) throws Exception {
        RawClient.Answer answer =
                header.isEmpty() ? ask(method, target) : ask(method, target, header);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.head())
                .contains(
                        "Content-Security-Policy: default-src 'none'; base-uri 'none';"
                                + " form-action 'none'; frame-ancestors 'none'\r\n",
                        "X-Content-Type-Options: nosniff\r\n",
                        "X-Frame-Options: DENY\r\n",
                        "Referrer-Policy: no-referrer\r\n",
                        "Cross-Origin-Opener-Policy: same-origin\r\n",
                        "Cross-Origin-Resource-Policy: same-origin\r\n")
                .doesNotContainIgnoringCase("Access-Control-", "Set-Cookie", "text/html");
    }

    static List<Deed> deeds() {
        return DEEDS;
    }

    @ParameterizedTest
    @MethodSource("deeds")
    void doesNothingForWhoeverOnlyLooks(Deed deed) throws Exception {
        for (String method : List.of("GET", "HEAD", "PUT", "OPTIONS")) {
            RawClient.Answer answer = send(method, deed);
            assertThat(answer.status()).as(method).isEqualTo(405);
            assertThat(answer.head()).contains("Allow: POST\r\n");
        }
        assertThat(server.gateway.runs()).isZero();

        try (RawClient client = server.connect()) {
            client.send(request("POST", deed));
            Wait.until("it is done", () -> server.gateway.runs() == 1);
        }
    }

    @Test
    void neverGivesAPageOfAnotherOriginLeaveToReadOrAsk() throws Exception {
        String origin = "Origin: http://evil.example";
        for (String path : List.of("/", "/tools/invoke", "/v1/models", "/hooks/wake", "/metrics")) {
            RawClient.Answer answer =
                    ask(
                            "OPTIONS",
                            path,
                            origin,
                            "Access-Control-Request-Method: POST",
                            "Access-Control-Request-Headers: authorization",
                            "Access-Control-Request-Private-Network: true");
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.head()).doesNotContainIgnoringCase("Access-Control-", "evil");
        }
    }

    private RawClient.Answer send(String method, Deed deed) throws IOException {
        try (RawClient client = server.connect()) {
            client.send(request(method, deed));
            return client.readAnswer(method.equals("HEAD"));
        }
    }

    private String request(String method, Deed deed) {
        return ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
                        + "Content-Length: %d\r\n\r\n%s")
                .formatted(
                        method,
                        deed.path(),
                        server.address.getPort(),
                        deed.secret(),
                        deed.body().length(),
                        deed.body());
    }
}
