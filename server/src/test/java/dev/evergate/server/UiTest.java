package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class UiTest {
    private static final String INDEX =
            """
            <!doctype html>
            <html lang="en">
            <head><link rel="icon" href="./favicon.svg"><script data-x="y">start("a");</script>
            <script type="module" src="./assets/index-1.js"></script></head>
            <body>the page</body></html>
            """;

    @TempDir private Path folder;
    private Path root;
    private final TestServer server = new TestServer();
    private final HttpClient browser =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void install() throws IOException {
        root = Files.createDirectories(folder.resolve("control-ui"));
        Files.createDirectories(root.resolve("assets"));
        Files.writeString(root.resolve("index.html"), INDEX);
        Files.writeString(root.resolve("assets/index-1.js"), "run();");
        Files.writeString(root.resolve("sw.js"), "wait();");
        Files.writeString(folder.resolve("secret.js"), "secret");
        serve("");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private void serve(String basePath) {
        server.gateway.config =
                FakeGateway.config(new ControlUi(List.of(), true, basePath, Optional.of(root)));
    }

    private HttpResponse<byte[]> ask(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.address.getPort() + path))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return browser.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path, String... headers)
            throws IOException, InterruptedException {
        return ask("GET", path, headers);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/chat/main", "/chat/agent:main:v1.2", "/a%20b"})
    void showsItsPageWhereverAPageIs(String path) throws Exception {
        HttpResponse<byte[]> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(answer, "cache-control")).isEqualTo("no-cache");
        assertThat(header(answer, "x-frame-options")).isEqualTo("DENY");
        assertThat(text(answer))
                .contains(
                        "<html data-openclaw-control-ui-base-path=\"\"",
                        "href=\"/favicon.svg\"",
                        "src=\"/assets/index-1.js\"",
                        "the page");
    }

    @Test
    @Tag("S11")
    void letsOnlyThePagesOwnInlineScriptsRun() throws Exception {
        byte[] script = "start(\"a\");".getBytes(StandardCharsets.UTF_8);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(script);

        assertThat(header(get("/"), "content-security-policy"))
                .contains(
                        "script-src 'self' 'wasm-unsafe-eval' 'sha256-"
                                + Base64.getEncoder().encodeToString(digest)
                                + "';",
                        "frame-ancestors 'none'",
                        "base-uri 'none'",
                        "connect-src 'self' data: blob:")
                .doesNotContain("'unsafe-eval'", "http", "ws:", "wss:");
    }

    @ParameterizedTest
    @CsvSource({
        "/assets/index-1.js, 'public, max-age=31536000, immutable'",
        "/sw.js, no-cache",
        "/sw.js?v=1, no-cache"
    })
    void letsAFileBeKeptAsLongAsItsNameTellsItApart(String path, String keeping) throws Exception {
        HttpResponse<byte[]> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "content-type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(header(answer, "cache-control")).isEqualTo(keeping);
        assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/sw.js"})
    void doesNotSendAgainWhatHasNotChanged(String path) throws Exception {
        String tag = header(get(path), "etag");

        HttpResponse<byte[]> same = get(path, "If-None-Match", "\"other\", W/" + tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(header(same, "etag")).isEqualTo(tag);
        Files.writeString(root.resolve("index.html"), INDEX + "more");
        Files.writeString(root.resolve("sw.js"), "more(than, before);");
        assertThat(get(path, "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void sendsTheHeadAlone() throws Exception {
        HttpResponse<byte[]> answer = ask("HEAD", "/assets/index-1.js");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "content-length")).isEqualTo("6");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void sendsWhatWasPackedBeforeToWhoUnpacks() throws Exception {
        Files.writeString(root.resolve("assets/index-1.js.br"), "packed");

        HttpResponse<byte[]> packed = get("/assets/index-1.js", "Accept-Encoding", "gzip, br");
        assertThat(header(packed, "content-encoding")).isEqualTo("br");
        assertThat(header(packed, "vary")).isEqualTo("Accept-Encoding");
        assertThat(text(packed)).isEqualTo("packed");
        HttpResponse<byte[]> plain = get("/assets/index-1.js", "Accept-Encoding", "br;q=0");
        assertThat(header(plain, "content-encoding")).isEmpty();
        assertThat(text(plain)).isEqualTo("run();");
        assertThat(header(plain, "etag")).isNotEqualTo(header(packed, "etag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret.js",
                "/assets/../../secret.js",
                "/..%2fsecret.js",
                "/%2e%2e/secret.js",
                "/assets/..%5c..%5csecret.js",
                "/%252e%252e/secret.js",
                "//../secret.js",
                "/./secret.js",
                "/link.js",
                "/linked/secret.js",
                "/.hidden.js",
                "/.git/config.js",
                "/assets/gone-2.js",
                "/nul%00.js",
                "/assets",
                "/assets/"
            })
    @Tag("S15")
    void givesNothingFromOutsideOfItsFolder(String path) throws Exception {
        Files.createSymbolicLink(root.resolve("link.js"), folder.resolve("secret.js"));
        Files.createSymbolicLink(root.resolve("linked"), folder);
        Files.writeString(root.resolve(".hidden.js"), "secret");
        Files.createDirectories(root.resolve(".git"));
        Files.writeString(root.resolve(".git/config.js"), "secret");

        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.http("GET", path);
            assertThat(answer.body()).doesNotContain("secret").doesNotContain("config");
            assertThat(answer.status()).isEqualTo(path.equals("/assets") ? 200 : 404);
        }
    }

    @Test
    void followsLinksThatStayInside() throws Exception {
        Files.createSymbolicLink(root.resolve("new.js"), root.resolve("sw.js"));
        Path other = Files.createSymbolicLink(folder.resolve("current"), root);
        root = other;
        serve("");

        assertThat(text(get("/new.js"))).isEqualTo("wait();");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/nope", "/__openclaw__/workspace-icon/x"})
    void isNotAPageWhereProgramsAsk(String path) throws Exception {
        HttpResponse<byte[]> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(text(answer)).isEqualTo("Not Found");
    }

    @Test
    void changesNothing() throws Exception {
        HttpResponse<byte[]> answer = ask("POST", "/chat/main");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void tellsItsSettingsToWhoHoldsTheSecret() throws Exception {
        assertThat(get("/control-ui-config.json").statusCode()).isEqualTo(401);

        HttpResponse<byte[]> answer =
                get("/control-ui-config.json", "Authorization", "Bearer " + FakeGateway.TOKEN);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestServer.json(text(answer)))
                .isEqualTo(
                        TestServer.json(
                                """
                                {"basePath": "", "assistantName": "Assistant",
                                 "assistantAgentId": "main", "serverVersion": "0.1.0",
                                 "embedSandbox": "strict", "allowExternalEmbedUrls": false,
                                 "automaticallyFetchFavicons": false, "communityInvite": false,
                                 "terminalEnabled": false, "cliAgentsEnabled": false,
                                 "pluginFrameGrants": []}
                                """));
    }

    @Test
    void tellsItsSettingsToAPairedDevice() throws Exception {
        String path = "/control-ui-config.json";
        Guest device = Guest.local("operator.read");
        String token;
        try (Guest.Visit visit = device.visit(server)) {
            token = visit.token();
        }

        assertThat(get(path, "Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
        HttpResponse<byte[]> narrowed =
                get(
                        path,
                        "Authorization",
                        "Bearer " + token,
                        "x-openclaw-scopes",
                        "operator.pairing");
        assertThat(narrowed.statusCode()).isEqualTo(403);
        assertThat(text(narrowed)).contains("MISSING_SCOPE", "operator.read");
        // What a device may do is not what it may do without its key.
        assertThat(get("/metrics", "Authorization", "Bearer " + token).statusCode()).isEqualTo(401);
        String wrong = "x".repeat(token.length());
        assertThat(get(path, "Authorization", "Bearer " + wrong).statusCode()).isEqualTo(401);
        assertThat(server.gateway.pairing().remove(device.id(), () -> {})).isTrue();
        assertThat(get(path, "Authorization", "Bearer " + token).statusCode()).isEqualTo(401);
    }

    @Test
    void isServedWhereItShallBe() throws Exception {
        serve("/my/\"ui");

        assertThat(text(get("/my/%22ui/chat/main"))).isEqualTo("Not Found");
        serve("/my/ui");
        assertThat(text(get("/my/ui")))
                .contains("base-path=\"/my/ui\"", "src=\"/my/ui/assets/index-1.js\"")
                .isEqualTo(text(get("/my/ui/chat/main")));
        assertThat(text(get("/my/ui/assets/index-1.js"))).isEqualTo("run();");
        assertThat(get("/my/ui/api/x").statusCode()).isEqualTo(404);
        assertThat(get("/my/uix").statusCode()).isEqualTo(404);
        assertThat(get("/assets/index-1.js").statusCode()).isEqualTo(404);
        assertThat(text(get("/"))).contains("The control UI is at /my/ui/\n");
    }

    @Test
    void namesTheCommandThatHelpsWhereThereIsNone() throws Exception {
        String command = "evergate config set gateway.controlUi.root ";
        server.gateway.config = FakeGateway.config(List.of(), List.of());
        assertThat(text(get("/"))).contains(command);
        server.gateway.config =
                FakeGateway.config(new ControlUi(List.of(), false, "", Optional.of(root)));
        assertThat(text(get("/")))
                .contains("switched off", "evergate config set gateway.controlUi.enabled true");
        assertThat(get("/chat/main").statusCode()).isEqualTo(404);
        root = folder.resolve("gone");
        serve("");
        HttpResponse<byte[]> gone = get("/chat/main");
        assertThat(gone.statusCode()).isEqualTo(503);
        assertThat(text(gone)).contains(command);
    }

    @Test
    @Tag("S6")
    void readersThatAreSlowKeepNobodyOut() throws Exception {
        Files.write(root.resolve("assets/film.mp4"), new byte[16 * 1024 * 1024]);
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                RawClient reader = RawClient.connect(server.address, Wait.PATIENCE, 16_384);
                slow.add(reader);
                reader.send(
                        "GET /assets/film.mp4 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                                .formatted(server.address.getPort()));
            }
            Wait.until("many are here", () -> server.server.requests() > 100);

            assertThat(get("/sw.js").statusCode()).isEqualTo(200);
            Wait.until("the oldest had to go", 10_000, () -> server.server.requests() <= 128);
            String secret = "Bearer " + FakeGateway.TOKEN;
            assertThat(get("/metrics", "Authorization", secret).statusCode()).isEqualTo(200);
        } finally {
            for (RawClient reader : slow) {
                reader.close();
            }
        }
        Wait.until("nobody is left", () -> server.server.requests() == 0);
    }

    @Test
    void hasNoPatienceForBodies() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .formatted(server.address.getPort()));

            assertThat(client.readAnswer(false).status()).isEqualTo(400);
        }
    }

    @Test
    void sendsALongFileAsItIsTaken() throws Exception {
        byte[] file = new byte[48 * 1024 * 1024];
        new Random(7).nextBytes(file);
        Files.write(root.resolve("assets/film.mp4"), file);
        try (RawClient slow = RawClient.connect(server.address, Wait.PATIENCE, 16_384)) {
            slow.send(
                    "GET /assets/film.mp4 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                            .formatted(server.address.getPort()));

            byte[] taken = get("/assets/film.mp4").body();
            assertThat(Arrays.equals(taken, file)).isTrue();
            assertThat(server.server.bufferBytes()).isLessThan(2 * 1024 * 1024);
        }
        Wait.until("no buffer is left", 20_000, () -> server.server.bufferBytes() == 0);
    }
}
