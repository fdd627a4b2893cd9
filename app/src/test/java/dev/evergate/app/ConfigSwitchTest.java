package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.config.Applier;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.FreePort;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Configurations that come into force in a whole generation, in this process. */
class ConfigSwitchTest {
    private final FakeOpenAi first = FakeOpenAi.start();
    private final FakeOpenAi second = FakeOpenAi.start();

    @TempDir Path folder;
    private LiveAssembly live;
    private ObjectNode config;
    private int port;
    private URI url;

    @BeforeEach
    void start() throws Exception {
        live = new LiveAssembly(folder);
        port = FreePort.find(live.world().entropy());
        url = at(port);
        config = live.config();
        config.withObject("/gateway").put("port", port);
        live.provider("first", first);
        live.provider("second", second);
        live.model("first/m");
        live.start(new FakeDoor());
    }

    @AfterEach
    void stop() {
        live.close();
        first.close();
        second.close();
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private Applier.Prepared prepare() throws IOException {
        return live.prepare();
    }

    private void change() throws IOException {
        live.change();
    }

    private void model(String ref) {
        live.model(ref);
    }

    private GatewayAssembly assembly() {
        return live.assembly();
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::prepare)
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_REFUSED))
                .hasMessageContainingAll(words);
    }

    @Test
    @Tag("I33")
    void aTurnThatRunsKeepsItsModelAndTheNextOneHasTheNew() throws Exception {
        first.next(ModelScript.words(30, 25));
        second.always(ModelScript.text("from the second"));
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            say(client, "one");
            var _ = first.awaitRequest(1);
            say(client, "two"); // waits for its turn, and has not begun
            model("second/m");
            ((ObjectNode) config.at("/models/providers")).remove("first");
            change();

            assertThat(end(client, "one")).contains("w1 w2").contains("w30");
            assertThat(end(client, "two")).isEqualTo("from the second");
            assertThat(first.requests()).hasSize(1);
        }
    }

    @Test
    @Tag("I36")
    void aProviderThatDidNotChangeIsTheSameObject() throws Exception {
        var firstBefore = assembly().gateway().plugins().provider("first");
        var secondBefore = assembly().gateway().plugins().provider("second");
        config.withObject("/models/providers/second").put("timeoutSeconds", 7);
        change();

        assertThat(assembly().gateway().plugins().provider("first")).isEqualTo(firstBefore);
        assertThat(assembly().gateway().plugins().provider("second")).isNotEqualTo(secondBefore);
    }

    @Test
    void moreTurnsRunAsSoonAsMoreMay() throws Exception {
        config.withObject("/agents/defaults").put("maxConcurrent", 1);
        change();
        first.always(ModelScript.silence());
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            say(client, "one");
            say(client, "other", "two");
            var _ = first.awaitRequest(1);
            assertThat(assembly().gateway().load().waiting()).isEqualTo(1);

            config.withObject("/agents/defaults").put("maxConcurrent", 2);
            change();

            var _ = first.awaitRequest(2);
        }
    }

    @Test
    void aProviderThatNobodyCanOpenIsRefusedAndChangesNothing() throws Exception {
        config.withObject("/models/providers/second").put("api", "smoke-signals");

        assertRefused("models.providers.second.api", "smoke-signals", "openai-completions");
        assertThat(assembly().gateway().config().providers())
                .hasEntrySatisfying(
                        "second",
                        second -> assertThat(second.api()).isEqualTo("openai-completions"));
    }

    @Test
    void whatWasPreparedAndIsNotWantedIsClosedAgain() throws Exception {
        int other = FreePort.find(live.world().entropy());
        config.withObject("/gateway").put("port", other);
        model("second/m");
        prepare().discard();

        assertThatThrownBy(() -> health(other)).isInstanceOf(IOException.class);
        assertThat(health(port)).isEqualTo(200);
        assertThat(assembly().gateway().config().agents().primary().orElseThrow())
                .hasToString("first/m");
        change();
        assertThat(health(other)).isEqualTo(200);
    }

    @Test
    void thePortMovesAndNobodyWhoIsInNotices() throws Exception {
        int other = FreePort.find(live.world().entropy());
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            config.withObject("/gateway").put("port", other);
            change();

            try (GatewayClient late = GatewayClient.connect(at(other), LiveAssembly.TOKEN)) {
                assertThat(late.call("health").path("ok").asBoolean(false)).isTrue();
            }
            Wait.until("the old port is left", () -> isRefused(port));
            assertThat(client.call("health").path("ok").asBoolean(false)).isTrue();
            assertThat(Access.read(folder).orElseThrow().url())
                    .isEqualTo("ws://127.0.0.1:" + other + "/");

            config.withObject("/gateway").put("port", port);
            change();
            assertThat(health(port)).isEqualTo(200);
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    void theAddressMovesOnTheSamePort() throws Exception {
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            config.withObject("/gateway").putArray("trustedProxies").add("192.0.2.1");
            for (String bind : List.of("lan", "loopback", "lan")) {
                config.withObject("/gateway").put("bind", bind);
                change();
                assertThat(health(port)).as(bind).isEqualTo(200);
            }
            assertThat(client.call("health").path("ok").asBoolean(false)).isTrue();
        }
    }

    @Test
    void whoeverComesWhileThePortMovesIsServed() throws Exception {
        int other = FreePort.find(live.world().entropy());
        for (int round = 0; round < 5; round++) {
            int from = round % 2 == 0 ? port : other;
            int to = round % 2 == 0 ? other : port;
            config.withObject("/gateway").put("port", to);
            Applier.Prepared prepared = prepare();
            assertThat(health(from)).isEqualTo(200);
            prepared.commit();
            // Whoever read the old address a moment ago.
            assertThat(health(from)).isEqualTo(200);
            assertThat(health(to)).isEqualTo(200);
        }
    }

    @Test
    @Tag("I33")
    void aPortThatSomebodyElseHasIsRefusedAndNothingElseComesIntoForce() throws Exception {
        try (var held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            config.withObject("/gateway").put("port", held.getLocalPort());
            model("second/m");

            assertRefused("gateway.port", Integer.toString(held.getLocalPort()));
            assertThat(health(port)).isEqualTo(200);
            assertThat(client.isOpen()).isTrue();
            assertThat(assembly().gateway().config().agents().primary().orElseThrow())
                    .hasToString("first/m");
        }
    }

    @Test
    @Tag("I38")
    void connectionsWithTheOldSecretEndAndTheNewOneLetsIn() throws Exception {
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN)) {
            config.withObject("/gateway/auth").put("token", "another-token");
            change();

            assertThat(client.awaitClose())
                    .isEqualTo(new GatewayClient.Close(4001, "gateway auth changed"));
        }
        assertThatThrownBy(() -> GatewayClient.connect(url, LiveAssembly.TOKEN))
                .hasMessageContaining("AUTH_TOKEN_MISMATCH");
        GatewayClient.connect(url, "another-token").close();
        assertThat(Access.read(folder).orElseThrow().token().matches("another-token")).isTrue();
    }

    @Test
    @Tag("I36")
    void onlyPagesThatAreNoLongerAllowedAreClosed() throws Exception {
        config.withObject("/gateway/controlUi")
                .putArray("allowedOrigins")
                .add("https://a.example")
                .add("https://b.example");
        change();
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN);
                RawClient a = page("https://a.example");
                RawClient b = page("https://b.example");
                RawClient own = page("http://127.0.0.1:" + port)) {
            config.withObject("/gateway/controlUi")
                    .putArray("allowedOrigins")
                    .add("https://b.example");
            change();

            RawClient.Frame close = a.readClose();
            assertThat(close.closeCode()).isEqualTo(1008);
            assertThat(close.closeReason()).isEqualTo("origin not allowed");
            assertAlive(b);
            assertAlive(own);
            assertThat(client.call("health").path("ok").asBoolean(false)).isTrue();
        }
    }

    @Test
    @Tag("I36")
    void aChangeThatConcernsNobodyClosesNobody() throws Exception {
        try (GatewayClient client = GatewayClient.connect(url, LiveAssembly.TOKEN);
                RawClient page = page("http://127.0.0.1:" + port)) {
            for (int round = 0; round < 20; round++) {
                model(round % 2 == 0 ? "second/m" : "first/m");
                config.withObject("/gateway/controlUi")
                        .putArray("allowedOrigins")
                        .add("https://page-" + round + ".example");
                change();
            }

            assertAlive(page);
            assertThat(client.call("health").path("ok").asBoolean(false)).isTrue();
        }
    }

    @Test
    void noticesFollow() throws Exception {
        config.withObject("/agents/defaults").remove("model");
        change();
        assertThat(notices()).contains("no-model");

        model("first/m");
        change();
        assertThat(notices()).doesNotContain("no-model");
    }

    @Test
    void whileTheGatewayIsHandedOverNothingIsPrepared() {
        assembly().moved(Phase.HANDING_OVER);

        assertThatThrownBy(this::prepare)
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assembly().moved(Phase.RUNNING);
    }

    private String notices() throws IOException {
        try (RawClient client = connect(port)) {
            return client.http("GET", "/readyz").body();
        }
    }

    private static RawClient connect(int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return RawClient.connect(address, Wait.PATIENCE);
    }

    private static int health(int port) throws IOException {
        try (RawClient client = connect(port)) {
            return client.http("GET", "/healthz").status();
        }
    }

    private static boolean isRefused(int port) {
        try {
            return health(port) == 0;
        } catch (IOException refused) {
            return true;
        }
    }

    /** A WebSocket of a program in a page of that origin. */
    private RawClient page(String origin) throws IOException {
        RawClient client = connect(port);
        assertThat(client.upgrade("Origin: " + origin).status()).isEqualTo(101);
        var _ = client.readText();
        client.sendText(GatewayClient.connectFrame("c1", LiveAssembly.TOKEN));
        assertThat(client.readText()).contains("hello-ok");
        return client;
    }

    private static void assertAlive(RawClient client) throws IOException {
        client.sendText("{\"type\":\"req\",\"id\":\"alive\",\"method\":\"health\"}");
        String answer = client.readText();
        while (!answer.contains("\"alive\"")) {
            answer = client.readText();
        }
        assertThat(answer).contains("\"ok\":true");
    }

    private static void say(GatewayClient client, String text) {
        say(client, "main", text);
    }

    private static void say(GatewayClient client, String key, String text) {
        ObjectNode message = JsonMapper.shared().createObjectNode();
        message.put("sessionKey", key).put("message", text).put("idempotencyKey", text);
        JsonNode _ = client.call("chat.send", message);
    }

    /** What was said in the end. */
    private static String end(GatewayClient client, String runId) {
        JsonNode end =
                client.await(
                        "chat",
                        chat ->
                                chat.path("runId").asString("").equals(runId)
                                        && chat.path("state").asString("").equals("final"));
        return end.at("/message/content/0/text").asString("");
    }
}
