package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Other ways to write a path lead nowhere else: to no file outside of the control UI's folder, and
 * to no route past whoever guards that path in front of the gateway.
 */
@Tag("S19")
class PathTricksTest {
    private static final List<String> GUARDED =
            List.of(
                    "/v1/models",
                    "/v1/chat/completions",
                    "/v1/responses",
                    "/v1/embeddings",
                    "/tools/invoke",
                    "/answerz",
                    "/metrics",
                    "/api/diagnostics/prometheus",
                    "/control-ui-config.json");

    @TempDir private Path folder;
    private final TestServer server = new TestServer();

    @BeforeEach
    void install() throws IOException {
        Path site = Files.createDirectories(folder.resolve("ui"));
        Path assets = Files.createDirectories(site.resolve("assets"));
        Files.writeString(
                site.resolve("index.html"), "<!doctype html><html><body>page</body></html>");
        Files.writeString(assets.resolve("a.js"), "run();");
        Files.writeString(site.resolve(".env"), "SECRET");
        Files.writeString(folder.resolve("evergate.json"), "SECRET");
        Files.writeString(folder.resolve("secret.js"), "SECRET");
        Files.createSymbolicLink(site.resolve("assets/link.js"), folder.resolve("secret.js"));
        Files.createSymbolicLink(site.resolve("up"), folder);
        server.gateway.config =
                FakeGateway.config(new ControlUi(List.of(), true, "", Optional.of(site)));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private String say(String method, String target, String headers, String body)
            throws IOException {
        try (RawClient client = server.connect()) {
            client.send(
                    "%s %s HTTP/1.1\r\nHost: localhost:%d\r\n%s\r\n%s"
                            .formatted(method, target, server.address.getPort(), headers, body)
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(
                    client.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String status(String answer) {
        return answer.substring(9, 12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../evergate.json",
                "/assets/../../evergate.json",
                "/assets/..%2f..%2fevergate.json",
                "/assets/%2e%2e/%2e%2e/evergate.json",
                "/%2e%2e%2fevergate.json",
                "/assets/..%5c..%5cevergate.json",
                "/assets/..\\..\\evergate.json",
                "/..%c0%af..%c0%afevergate.json",
                "/%c0%ae%c0%ae/evergate.json",
                "/..%252fevergate.json",
                "/..;/evergate.json",
                "/assets/a.js%00.html",
                "/assets/a.js/../../../evergate.json",
                "/assets/link.js",
                "/up/evergate.json",
                "/up/secret.js",
                "/.env",
                "/%2eenv",
                "/assets/../.env",
                "//evergate.json",
                "///etc/passwd",
                "/%2fetc/passwd",
                "/file:///etc/passwd",
                "/assets/%ed%a0%80.js",
                "/assets/%",
                "/assets/%zz.js",
                "/assets/%u002e%u002e/"
            })
    void nothingOutsideOfTheFolderIsFound(String path) throws Exception {
        assertThat(say("GET", "/assets/a.js", "", "")).endsWith("run();");

        String answer = say("GET", path, "", "");

        assertThat(answer).doesNotContain("SECRET", "root:");
        assertThat(status(answer)).isIn("200", "400", "404");
        if (status(answer).equals("200")) {
            assertThat(answer).contains("page</body>"); // as for every path of a page
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/\u0000a.js",
                "/assets/\u0001a.js",
                "/assets/\u007fa.js",
                "/assets/\u00e4.js",
                "/assets/\u00c0\u00af.js",
                "/assets/a.js HTTP/1.1",
                "/assets/\ta.js",
                "/assets/\u000ba.js",
                " /assets/a.js",
                "/assets/a.js "
            })
    void whatCannotBeSeenIsNoTarget(String target) throws Exception {
        assertThat(say("GET", target, "", "")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aTargetIsBounded() throws Exception {
        assertThat(say("GET", "/" + "a".repeat(8100), "", "")).startsWith("HTTP/1.1 200 ");
        assertThat(say("GET", "/" + "a".repeat(8192), "", "")).startsWith("HTTP/1.1 414 ");
        assertThat(say("GET", "/", "X: " + "a".repeat(16_000) + "\r\n", ""))
                .startsWith("HTTP/1.1 200 ");
        assertThat(say("GET", "/", "X: " + "a".repeat(16_384) + "\r\n", ""))
                .startsWith("HTTP/1.1 431 ");
        assertThat(say("GET", "/", "X: a\r\n".repeat(5_000), "")).startsWith("HTTP/1.1 431 ");
    }

    /** Other ways to write a path, of which somebody could think that they are the same. */
    private static Stream<String> spellings(String path) {
        int second = path.indexOf('/', 1);
        return Stream.of(
                "/" + path,
                "/." + path,
                "/x/.." + path,
                path + "/",
                path + "/.",
                path + ";x=y",
                path + "%00",
                path + "%20",
                path + "%3f",
                "/%" + Integer.toHexString(path.charAt(1)) + path.substring(2),
                path.toUpperCase(Locale.ROOT),
                second < 0 ? path + "//" : path.substring(0, second) + "/" + path.substring(second),
                second < 0 ? path + "#" : path.replaceFirst("(.)/", "$1%2f"),
                path.replace('/', '\\'));
    }

    @Test
    void noOtherSpellingIsAGuardedRoute() throws Exception {
        String secret = "Authorization: Bearer " + FakeGateway.TOKEN + "\r\n";
        String body = "{\"tool\":\"agents_list\"}";
        String sized = "Content-Length: " + body.length() + "\r\n";
        assertThat(say("POST", "/tools/invoke", secret + sized, body)).startsWith("HTTP/1.1 200 ");
        assertThat(say("GET", "/metrics", secret, "")).contains("evergate_ready");
        for (String route : GUARDED.subList(0, GUARDED.size() - 1)) { // the last is like a file
            for (String path : spellings(route).toList()) {
                String posted = say("POST", path, secret + sized, body);
                assertThat(status(posted)).as("POST " + path).isIn("400", "404", "405");
                String read = say("GET", path, secret, "");
                assertThat(status(read)).as("GET " + path).isIn("200", "400", "404");
                assertThat(read).as("GET " + path).doesNotContain("evergate_ready", "basePath");
            }
        }
    }

    @Test
    void withoutTheSecretNoSpellingOpensAnything() throws Exception {
        for (String route : GUARDED) {
            assertThat(status(say("GET", route, "", ""))).as(route).isIn("401", "405");
            for (String path : spellings(route).toList()) {
                String read = say("GET", path, "", "");
                assertThat(status(read)).as("GET " + path).isIn("200", "400", "401", "404");
                assertThat(read).as("GET " + path).doesNotContain("evergate_ready", "basePath");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:1/tools/invoke",
                "http://evil.example/tools/invoke",
                "https://localhost/tools/invoke",
                "localhost:PORT",
                "*",
                "tools/invoke",
                "?/tools/invoke",
                "#/tools/invoke",
                "//localhost:PORT/tools/invoke"
            })
    void anotherFormOfTargetIsNoRoute(String target) throws Exception {
        String own = target.replace("PORT", Integer.toString(server.address.getPort()));
        String answer =
                say(
                        "POST",
                        own,
                        "Authorization: Bearer " + FakeGateway.TOKEN + "\r\nContent-Length: 22\r\n",
                        "{\"tool\":\"agents_list\"}");

        assertThat(status(answer)).isIn("400", "404", "405", "421");
        assertThat(status(say("CONNECT", own, "", ""))).isIn("400", "404", "405", "421");
    }
}
