package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.connectFrame;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

import java.util.List;

class HandshakeTest {
    private static final String SECRET = FakeGateway.TOKEN;

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    @Test
    void saysHelloToTheCommandLineAndAnswersHealth() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade().status()).isEqualTo(101);
            JsonNode challenge = json(client.readText());
            assertThat(challenge.path("event").asString()).isEqualTo("connect.challenge");
            assertThat(challenge.path("payload").path("ts").isIntegralNumber()).isTrue();
            assertThat(challenge.path("payload").path("nonce").asString()).hasSize(43);
            assertThat(challenge.has("seq")).isFalse();

            client.sendText(connectFrame("cli", "cli", SECRET, "operator.read"));
            JsonNode answer = json(client.readText());
            assertThat(answer.path("id").asString()).isEqualTo("c1");
            JsonNode hello = answer.path("payload");
            assertThat(hello.path("type").asString()).isEqualTo("hello-ok");
            assertThat(hello.path("protocol").asInt()).isEqualTo(4);
            assertThat(scopes(hello)).containsExactly("operator.read");
            assertThat(hello.path("snapshot").path("presence").size()).isEqualTo(1);
            assertThat(hello.path("policy").path("maxPayload").asInt()).isEqualTo(26_214_400);

            JsonNode health = call(client, "health", "{}");
            assertThat(health.path("payload").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void advertisesExactlyTheMethodsItHas() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", SECRET, "operator.admin"));
            JsonNode methods = json(client.readText()).at("/payload/features/methods");
            assertThat(methods.valueStream().map(JsonNode::asString))
                    .contains("health", "chat.send", "agent.wait", "sessions.unsubscribe")
                    .allSatisfy(
                            method ->
                                    assertThat(call(client, method, "{}").at("/error/message"))
                                            .asString()
                                            .doesNotContain("unknown method"));
        }
    }

    private static List<String> scopes(JsonNode hello) {
        return hello.path("auth")
                .path("scopes")
                .valueStream()
                .map(scope -> scope.asString(""))
                .toList();
    }

    private static String connect(String params) {
        return "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":" + params + "}";
    }

    private static String cli(String extra) {
        return connect(
                "{\"minProtocol\":4,\"maxProtocol\":4,\"client\":{\"id\":\"cli\",\"version\":\"1\","
                        + "\"platform\":\"linux\",\"mode\":\"cli\"}"
                        + extra
                        + "}");
    }

    static List<Arguments> misshapen() {
        return List.of(
                refusal(
                        "another method first",
                        "{\"type\":\"req\",\"id\":\"1\",\"method\":\"health\"}",
                        "INVALID_REQUEST",
                        "invalid handshake: first request must be connect",
                        1008),
                refusal(
                        "no client",
                        connect("{\"minProtocol\":4,\"maxProtocol\":4}"),
                        "INVALID_REQUEST",
                        "invalid connect params: must have required property 'client'",
                        1008),
                refusal(
                        "an unknown client id",
                        connectFrame("java-app", "cli", SECRET, "operator.read"),
                        "INVALID_REQUEST",
                        "invalid connect params: at /client/id: must be equal to one of the"
                                + " allowed values",
                        1008),
                refusal(
                        "a client without version",
                        connect(
                                "{\"minProtocol\":4,\"maxProtocol\":4,\"client\":{\"id\":\"cli\","
                                        + "\"platform\":\"linux\",\"mode\":\"cli\"}}"),
                        "INVALID_REQUEST",
                        "invalid connect params: at /client: must have required property 'version'",
                        1008),
                refusal(
                        "a version that is a number",
                        connect("{\"minProtocol\":\"4\",\"maxProtocol\":4}"),
                        "INVALID_REQUEST",
                        "invalid connect params: at /minProtocol: must be integer",
                        1008),
                refusal(
                        "an empty nonce",
                        cli(
                                ",\"device\":{\"id\":\"d\",\"publicKey\":\"k\",\"signature\":\"s\","
                                        + "\"nonce\":\"\",\"signedAt\":1}"),
                        "INVALID_REQUEST",
                        "invalid connect params: at /device/nonce: must not have fewer than 1"
                                + " characters",
                        1008),
                refusal(
                        "params that are a list",
                        connect("[1]"),
                        "INVALID_REQUEST",
                        "invalid connect params: at root: must be object",
                        1008));
    }

    static List<Arguments> unwelcome() {
        String origin =
                "origin not allowed (open the Control UI from the gateway host or allow it in"
                        + " gateway.controlUi.allowedOrigins)";
        return List.of(
                refusal(
                        "protocol 3",
                        connectFrame("cli", "cli", SECRET).replace("tocol\":4", "tocol\":3"),
                        "INVALID_REQUEST",
                        "protocol mismatch",
                        1002),
                refusal(
                        "protocol 5",
                        connectFrame("cli", "cli", SECRET).replace("tocol\":4", "tocol\":5"),
                        "INVALID_REQUEST",
                        "protocol mismatch",
                        1002),
                refusal(
                        "an unknown role",
                        connectFrame("cli", "cli", SECRET)
                                .replace("\"role\":\"operator\"", "\"role\":\"king\""),
                        "INVALID_REQUEST",
                        "invalid role",
                        1008),
                refusal(
                        "no credentials",
                        cli(",\"auth\":{}"),
                        "NOT_PAIRED",
                        "device identity required",
                        1008),
                refusal(
                        "a node without a device",
                        connectFrame("node-host", "node", SECRET)
                                .replace("\"role\":\"operator\"", "\"role\":\"node\""),
                        "NOT_PAIRED",
                        "device identity required",
                        1008),
                refusal(
                        "a web page without an origin",
                        connectFrame("webchat", "webchat", SECRET),
                        "INVALID_REQUEST",
                        origin,
                        1008));
    }

    static List<Arguments> mistaken() {
        String help = "; on the gateway's machine: evergate gateway auth-token --show";
        String mismatch =
                "unauthorized: gateway token mismatch (use this gateway's gateway.auth.token or"
                        + " pair the device)"
                        + help;
        return List.of(
                refusal(
                        "a wrong token",
                        connectFrame("cli", "cli", "wrong"),
                        "INVALID_REQUEST",
                        mismatch,
                        1008),
                refusal(
                        "a device token nobody issued",
                        cli(",\"auth\":{\"deviceToken\":\"nope\"}"),
                        "INVALID_REQUEST",
                        "unauthorized: device token mismatch (rotate/reissue device token)" + help,
                        1008));
    }

    private static Arguments refusal(
            String name, String frame, String code, String message, int close) {
        return Arguments.of(name, frame, code, message, close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"misshapen", "unwelcome", "mistaken"})
    void refuses(String name, String frame, String code, String message, int close)
            throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(frame);

            JsonNode answer = json(client.readText());
            assertThat(answer.path("ok").asBoolean()).as(name).isFalse();
            assertThat(answer.at("/error/code").asString()).isEqualTo(code);
            assertThat(answer.at("/error/message").asString()).isEqualTo(message);
            RawClient.Frame end = client.readClose();
            assertThat(end.closeCode()).isEqualTo(close);
            assertThat(message).startsWith(end.closeReason());
            assertThat(end.closeReason()).isNotEmpty();
            assertThat(client.isEnded()).isTrue();
        }
    }

    static List<Arguments> unanswered() {
        return List.of(
                Arguments.of("not JSON", "not json", 1000, ""),
                Arguments.of("half of JSON", "{\"type\":\"req\"", 1000, ""),
                Arguments.of("JSON and more", "{} {}", 1000, ""),
                Arguments.of("a list", "[]", 1008, "invalid request frame"),
                Arguments.of(
                        "an empty id",
                        "{\"type\":\"req\",\"id\":\"\",\"method\":\"connect\"}",
                        1008,
                        "invalid request frame"),
                Arguments.of(
                        "an event",
                        "{\"type\":\"event\",\"event\":\"x\"}",
                        1008,
                        "invalid request frame"),
                Arguments.of("too much", "x".repeat(70_000), 1009, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unanswered")
    void closesWithoutAnAnswer(String name, String text, int code, String reason) throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(text);

            RawClient.Frame first = client.readFrame();
            assertThat(first.isClose()).as(name).isTrue();
            assertThat(first.closeCode()).isEqualTo(code);
            assertThat(first.closeReason()).isEqualTo(reason);
        }
    }

    @Test
    void tellsWhatProtocolItWants() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", SECRET).replace("tocol\":4", "tocol\":3"));

            assertThat(json(client.readText()).at("/error/details").toString())
                    .isEqualTo(
                            "{\"code\":\"PROTOCOL_MISMATCH\",\"clientMinProtocol\":3,"
                                    + "\"clientMaxProtocol\":3,\"expectedProtocol\":4,"
                                    + "\"minimumProbeProtocol\":3}");
        }
    }

    @Test
    void answersAWrongTokenLate() throws Exception {
        long startNanos = server.world.time().nanos();
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", "wrong"));

            assertThat(json(client.readText()).at("/error/details").toString())
                    .isEqualTo(
                            "{\"code\":\"AUTH_TOKEN_MISMATCH\",\"authReason\":\"token_mismatch\","
                                    + "\"canRetryWithDeviceToken\":false,"
                                    + "\"recommendedNextStep\":\"update_auth_credentials\"}");
        }
        long tookMs = (server.world.time().nanos() - startNanos) / 1_000_000;
        assertThat(tookMs).isGreaterThanOrEqualTo(300);
    }

    @Test
    void acceptsTheTokenAsAPassword() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(cli(",\"auth\":{\"password\":\"" + SECRET + "\"}"));

            assertThat(json(client.readText()).at("/payload/auth/method").asString())
                    .isEqualTo("token");
        }
    }

    @ParameterizedTest
    @MethodSource("localClients")
    void keepsOrClearsScopesByKindOfClient(String id, String mode, boolean keeps) throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(
                    connectFrame(id, mode, SECRET, "operator.read", "operator.imaginary")
                            .replace("\"minProtocol\":4", "\"minProtocol\":3"));

            assertThat(scopes(json(client.readText()).path("payload")))
                    .isEqualTo(keeps ? List.of("operator.read") : List.of());
        }
    }

    static List<Arguments> localClients() {
        return List.of(
                Arguments.of("cli", "cli", true),
                Arguments.of("gateway-client", "backend", true),
                Arguments.of("cli", "probe", false),
                Arguments.of("test", "test", false),
                Arguments.of("openclaw-tui", "ui", false));
    }

    @Test
    void clearsScopesOfWhatADeclaredProxyForwards() throws Exception {
        server.gateway.config = FakeGateway.config(List.of(), List.of("127.0.0.1"));
        try (RawClient client = server.greeted("X-Forwarded-For: 203.0.113.9")) {
            client.sendText(connectFrame("cli", "cli", SECRET, "operator.read"));

            assertThat(scopes(json(client.readText()).path("payload"))).isEmpty();
            assertThat(call(client, "status", "{}").at("/error/message").asString())
                    .isEqualTo("missing scope: operator.read");
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void refusesWhatAnUnknownProxyForwards() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(client.upgrade("X-Forwarded-For: 203.0.113.9").status()).isEqualTo(101);

            RawClient.Frame end = client.readClose();
            assertThat(end.closeCode()).isEqualTo(1008);
            assertThat(end.closeReason()).isEqualTo("gateway ingress attribution required");
        }
    }

    @Test
    void refusesAForeignOriginWhoeverBringsIt() throws Exception {
        try (RawClient client = server.greeted("Origin: https://evil.example")) {
            client.sendText(connectFrame("cli", "cli", SECRET, "operator.read"));

            assertThat(json(client.readText()).at("/error/details").toString())
                    .isEqualTo(
                            "{\"code\":\"CONTROL_UI_ORIGIN_NOT_ALLOWED\","
                                    + "\"reason\":\"origin not allowed\"}");
            assertThat(client.readClose().closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void asksClientsToComeBackWhileItStarts() throws Exception {
        server.phase = Phase.STARTING;
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", SECRET, "operator.read"));

            assertThat(json(client.readText()).path("error").toString())
                    .isEqualTo(
                            "{\"code\":\"UNAVAILABLE\",\"message\":\"gateway starting; retry"
                                    + " shortly\",\"retryable\":true,\"retryAfterMs\":500,"
                                    + "\"details\":{\"reason\":\"startup-sidecars\"}}");
            RawClient.Frame end = client.readClose();
            assertThat(end.closeCode()).isEqualTo(1013);
            assertThat(end.closeReason()).isEqualTo("gateway starting");
        }
    }

    @Test
    void servesRequestsThatCameRightBehindConnect() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", SECRET, "operator.read"));
            client.sendText("{\"type\":\"req\",\"id\":\"2\",\"method\":\"health\"}");

            assertThat(TestServer.answer(client, "c1").path("ok").asBoolean()).isTrue();
            assertThat(TestServer.answer(client, "2").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void refusesTooManyFramesBeforeHello() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(connectFrame("cli", "cli", "wrong"));
            for (int i = 0; i < 16; i++) {
                client.sendText("{\"type\":\"req\",\"id\":\"2\",\"method\":\"health\"}");
            }

            RawClient.Frame end = client.readClose();
            assertThat(end.closeCode()).isEqualTo(1008);
            assertThat(end.closeReason()).isEqualTo("too many pending handshake frames");
        }
    }

    @Test
    void refusesASecondConnect() throws Exception {
        try (RawClient client = server.admin()) {
            assertThat(call(client, "connect", "{}").path("error").toString())
                    .isEqualTo(
                            "{\"code\":\"INVALID_REQUEST\",\"message\":\"connect is only valid as"
                                    + " the first request\"}");
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }
}
