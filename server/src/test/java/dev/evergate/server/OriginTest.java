package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** A page of somebody else, in the browser of who has the secret: it gets nothing. */
@Tag("S4")
class OriginTest {
    private static final String SECRET = "Authorization: Bearer " + FakeGateway.TOKEN;

    private final TestServer server = new TestServer();

    @BeforeEach
    void declare() {
        server.gateway.config =
                FakeGateway.config(
                        List.of("https://gate.example", "http://lan.example:8080", "null", "*"),
                        List.of());
    }

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
            return client.http(method, target, headers);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "",
                "*",
                "http://localhost.evil.example:PORT",
                "http://127.0.0.1:PORT.evil.example",
                "http://127.0.0.1.evil.example:PORT",
                "http://evil.example@127.0.0.1:PORT",
                "http://127.0.0.1:PORT@evil.example",
                "http://127.0.0.1:PORT/evil",
                "http://127.0.0.1:PORT?evil",
                "http://127.0.0.1:PORT#evil",
                "http://127.0.0.1:PORT http://evil.example",
                "http://127.0.0.1:PORT, http://evil.example",
                "http://127.0.0.1",
                "http://127.0.0.1:1",
                "http://127.0.0.1.:PORT",
                "http://0x7f.1:PORT",
                "http://localhost:PORT",
                "ftp://127.0.0.1:PORT",
                "ws://127.0.0.1:PORT",
                "file://",
                "chrome-extension://abcdefgh",
                "127.0.0.1:PORT",
                "http://gate.example",
                "https://gate.example:8443",
                "https://evil.gate.example",
                "https://gate.example.evil.example",
                "http://lan.example",
                "http://lan.example:80",
                "https://lan.example:8080"
            })
    void aPageOfAnotherOriginGetsNothing(String name) throws Exception {
        String origin = own(name);
        String header = "Origin: " + origin;

        assertThat(ask("GET", "/", header).status()).isEqualTo(403);
        assertThat(ask("GET", "/v1/models", header, SECRET).status()).isEqualTo(403);
        assertThat(ask("POST", "/tools/invoke", header, SECRET, "Content-Length: 0").status())
                .isEqualTo(403);
        RawClient.Answer preflight =
                ask("OPTIONS", "/tools/invoke", header, "Access-Control-Request-Method: POST");
        assertThat(preflight.status()).isEqualTo(403);
        assertThat(preflight.head().toLowerCase(Locale.ROOT))
                .doesNotContain("access-control", "evil");

        try (Guest.Visit visit = Guest.local("operator.admin").from(origin).visit(server)) {
            assertThat(visit.detail()).isEqualTo("CONTROL_UI_ORIGIN_NOT_ALLOWED");
            assertThat(visit.client().readClose().closeCode()).isEqualTo(1008);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT",
                "HTTP://127.0.0.1:PORT",
                "https://gate.example",
                "https://gate.example:443",
                "http://lan.example:8080"
            })
    void ourOwnPageAndThoseThatAreDeclaredAreLetIn(String name) throws Exception {
        String origin = own(name);

        assertThat(ask("GET", "/", "Origin: " + origin).status()).isEqualTo(200);
        assertThat(Guest.local("operator.read").from(origin).outcome(server).path("ok").asBoolean())
                .isTrue();
    }

    @Test
    void aPageThatDoesNotSayWhereItIsFromIsRefused() throws Exception {
        Guest page = Guest.local("operator.admin").as("openclaw-control-ui", "webchat", "web");

        JsonNode error = page.outcome(server).path("error");

        assertThat(error.at("/details/code").asString()).isEqualTo("CONTROL_UI_ORIGIN_NOT_ALLOWED");
        assertThat(error.at("/details/reason").asString()).isEqualTo("origin missing or invalid");
    }

    @Test
    void twoOriginsAreNone() throws Exception {
        String own = "Origin: http://127.0.0.1:" + server.address.getPort();

        assertThat(ask("GET", "/", own, "Origin: https://evil.example").status()).isEqualTo(400);
        assertThat(ask("GET", "/", "Origin: https://evil.example", own).status()).isEqualTo(400);
    }

    /** Nobody else's page may read what we say: not even those that may talk to us do it so. */
    @Test
    void noAnswerEverLetsAnotherPageReadIt() throws Exception {
        for (String target : List.of("/", "/healthz", "/v1/models", "/nowhere", "/metrics")) {
            for (String method : List.of("GET", "OPTIONS", "POST")) {
                for (String origin : List.of("https://gate.example", "https://evil.example")) {
                    String head =
                            ask(
                                            method,
                                            target,
                                            "Origin: " + origin,
                                            SECRET,
                                            "Content-Length: 0",
                                            "Access-Control-Request-Headers: authorization")
                                    .head();
                    assertThat(head.toLowerCase(Locale.ROOT)).doesNotContain("access-control-");
                }
            }
        }
    }
}
