package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A page whose own name was made to point to this machine calls the gateway by that name: it gets
 * nothing, on whatever way it comes, and also if it knows the secret.
 */
@Tag("S3")
class RebindingTest {
    private static final String SECRET = "Authorization: Bearer " + FakeGateway.TOKEN;

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private String own(String text) {
        return text.replace("PORT", Integer.toString(server.address.getPort()));
    }

    private RawClient.Answer ask(String method, String target, String... headers)
            throws IOException {
        try (RawClient client = server.connect()) {
            return client.http(method, own(target), headers);
        }
    }

    private void assertMisdirected(RawClient.Answer answer) {
        assertThat(answer.status()).as(answer.head()).isEqualTo(421);
        assertThat(answer.body()).contains("misdirected_request").doesNotContain("attacker");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attacker.example:PORT",
                "attacker.example",
                "localhost.attacker.example:PORT",
                "127.0.0.1.nip.attacker.example:PORT",
                "localhost:PORT.attacker.example",
                "attacker.example@localhost:PORT",
                "localhost:PORT@attacker.example",
                "localhost.:PORT",
                "127.0.0.1.:PORT",
                "0x7f.1:PORT",
                "0x7f000001:PORT",
                "2130706433:PORT",
                "017700000001:PORT",
                "0177.0.0.1:PORT",
                "127.1:PORT",
                "127.0.0.2:PORT",
                "0.0.0.0:PORT",
                "0:PORT",
                "[::]:PORT",
                "::1:PORT",
                "::1",
                "[::ffff:127.0.0.1]:PORT",
                "[::1%lo]:PORT",
                "[::2]:PORT",
                "localhost:+PORT",
                "localhost:0PORT",
                "localhost:",
                "localhost",
                "localhost:80",
                "localhost:1",
                "localhost PORT",
                "localhost:PORT, attacker.example",
                ""
            })
    void aStrangeNameGetsNothing(String name) throws Exception {
        String host = "Host: " + own(name);

        assertMisdirected(ask("GET", "/", host));
        assertMisdirected(ask("GET", "/healthz", host));
        assertMisdirected(ask("GET", "/v1/models", host, SECRET));
        assertMisdirected(ask("POST", "/tools/invoke", host, SECRET, "Content-Length: 0"));
        assertMisdirected(ask("OPTIONS", "/v1/models", host));
        try (RawClient client = server.connect()) {
            assertMisdirected(client.upgrade(host));
        }
    }

    @Test
    void whoNamesNobodyGetsNothing() throws Exception {
        // what cannot be read as an origin must not stand for a missing name
        server.gateway.config = FakeGateway.config(List.of("*", "null"), List.of());
        try (RawClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertMisdirected(client.readAnswer(false));
        }
        try (RawClient client = server.connect()) {
            client.send("GET /healthz HTTP/1.0\r\n\r\n");
            assertMisdirected(client.readAnswer(false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:PORT", "LocalHost:PORT", "127.0.0.1:PORT", "[::1]:PORT"})
    void ourOwnNamesAreAnswered(String name) throws Exception {
        String host = "Host: " + own(name);

        assertThat(ask("GET", "/healthz", host).status()).isEqualTo(200);
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade(host).status()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://attacker.example/healthz",
                "http://attacker.example:PORT/healthz",
                "http://127.0.0.1:PORT.attacker.example/healthz",
                "http://127.0.0.1:PORT@attacker.example/healthz",
                "http://attacker.example@127.0.0.1:PORT/healthz",
                "http://127.0.0.1:1/healthz",
                "http://localhost:PORT/healthz",
                "http:127.0.0.1:PORT/healthz",
                "ftp://127.0.0.1:PORT/healthz",
                "127.0.0.1:PORT",
                "healthz",
                "*"
            })
    void aTargetThatIsNotTheHostIsRefused(String target) throws Exception {
        assertThat(ask("GET", target).status()).isEqualTo(400);
        assertThat(ask("CONNECT", target).status()).isEqualTo(400);
    }

    @Test
    void aTargetThatNamesTheHostAsWellIsAnswered() throws Exception {
        String own = "http://127.0.0.1:PORT";

        assertThat(ask("GET", own + "/healthz").status()).isEqualTo(200);
        assertThat(ask("GET", own.toUpperCase(Locale.ROOT) + "/healthz").status()).isEqualTo(200);
        assertThat(ask("GET", own).body()).startsWith("This is Evergate");
        assertThat(ask("GET", own + "?a").body()).startsWith("This is Evergate");
        assertMisdirected(ask("GET", own + "/healthz", "Host: attacker.example"));
    }
}
