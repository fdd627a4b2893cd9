package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.Access;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.crowd.Crowd;
import dev.evergate.testkit.crowd.CrowdPlan;
import dev.evergate.testkit.crowd.CrowdReport;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.FreePort;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.function.Consumer;

/** The file is edited under a gateway with a keeper and many clients. */
@Tag("process")
@Tag("I36")
class ConfigChangesTest {
    private static final String TOKEN = "a-test-token-of-some-length";
    private static final int WORDS = 10;

    @RegisterExtension final Gateways gateways = new Gateways();

    private final ObjectNode config = JsonMapper.shared().createObjectNode();
    private final FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(WORDS, 50));

    private GatewayProcess start() {
        GatewayLaunch launch = GatewayProcess.launch().portByConfig();
        config.withObject("/gateway").put("port", launch.port());
        config.withObject("/gateway/auth").put("token", TOKEN);
        config.withObject("/gateway").putArray("trustedProxies").add("192.0.2.1");
        ObjectNode provider = config.withObject("/models/providers/fake");
        provider.put("baseUrl", model.baseUrl().toString());
        provider.withArray("models").addObject().put("id", "m");
        config.withObject("/agents/defaults/model").put("primary", "fake/m");
        return gateways.startReady(launch.config(config.toString()));
    }

    /** Edits as editors do, and waits until that is in force. */
    private void edit(GatewayProcess gateway, Consumer<ObjectNode> change) throws IOException {
        String before = applied(gateway);
        change.accept(config);
        Path file = gateway.stateDir().resolve("evergate.json");
        Path next =
                Files.writeString(
                        gateway.stateDir().resolve("evergate.json.next"), config.toString());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        Wait.until(
                () -> "the change is in force: " + config + "; " + gateway.describe(),
                () -> !applied(gateway).equals(before));
    }

    private static String applied(GatewayProcess gateway) throws IOException {
        try (GatewayClient client = GatewayClient.open(at(gateway))) {
            JsonNode hello = client.hello(GatewayClient.connectParams(TOKEN));
            return hello.at("/snapshot/appliedConfigHash").asString("");
        }
    }

    private static URI at(GatewayProcess gateway) throws IOException {
        String url = Access.read(gateway.stateDir()).orElseThrow().url();
        return URI.create("http" + url.substring("ws".length()));
    }

    private static CrowdPlan crowd(Duration visit, Duration arrival) {
        return new CrowdPlan(
                60,
                30,
                0,
                3,
                CrowdPlan.words(WORDS),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                visit,
                arrival);
    }

    @Test
    @Tag("I5")
    void nobodyNoticesChangesThatConcernOthers() throws Exception {
        GatewayProcess gateway = start();
        long pid = gateway.generationPid();
        CrowdPlan plan = crowd(Duration.ofMillis(20), Duration.ofMillis(200));
        try (Crowd crowd = Crowd.gather(gateway.url(), TOKEN, plan)) {
            for (int i = 0; i < 6; i++) {
                int round = i;
                edit(
                        gateway,
                        file -> {
                            file.withObject("/models/providers/fake")
                                    .put("timeoutSeconds", 60 + round);
                            file.withObject("/agents/defaults").put("maxConcurrent", 4 + round);
                            file.withObject("/gateway/controlUi")
                                    .putArray("allowedOrigins")
                                    .add("https://page-" + round + ".example");
                        });
                // Another listener on the same port takes the place of the first, and back.
                String bind = round % 2 == 0 ? "lan" : "loopback";
                edit(gateway, file -> file.withObject("/gateway").put("bind", bind));
            }
            CrowdReport seen = crowd.finish();
            assertThat(seen.isFlawless()).as(seen.toString()).isTrue();
            assertThat(seen.resumed()).isZero();
        }
        assertThat(gateway.generationPid()).isEqualTo(pid);
    }

    @Test
    void thePortMovesUnderEverybodyAndNextGenerationsAreFoundThere() throws Exception {
        GatewayProcess gateway = start();
        int other;
        try (RealWorld world = new RealWorld(Throwable::printStackTrace)) {
            other = FreePort.find(world.entropy());
        }
        CrowdPlan plan = crowd(Duration.ZERO, Duration.ZERO);
        try (Crowd crowd = Crowd.gather(gateway.url(), TOKEN, plan)) {
            edit(gateway, file -> file.withObject("/gateway").put("port", other));

            Wait.until("commands are told", () -> at(gateway).getPort() == other);
            Wait.until("the old port is left", () -> isLeft(gateway.url()));
            assertThat(new Restarts(gateway).askAndAwaitEnd().isGranted()).isTrue();
            assertThat(isLeft(at(gateway))).isFalse();
            CrowdReport seen = crowd.finish();
            assertThat(seen.isFlawless()).as(seen.toString()).isTrue();
        }
        var _ = gateway.killGeneration();
        Wait.until("it is back", () -> !isLeft(at(gateway)));
        assertThat(at(gateway).getPort()).isEqualTo(other);
        assertThat(isLeft(gateway.url())).isTrue();
    }

    private static boolean isLeft(URI url) {
        try {
            GatewayClient.connect(url, TOKEN).close();
            return false;
        } catch (AssertionError refused) {
            return true;
        }
    }

    @Test
    @Tag("I38")
    void everybodyWithTheOldSecretIsOutWithinFiveSeconds() throws Exception {
        GatewayProcess gateway = start();
        try (GatewayClient one = GatewayClient.connect(gateway.url(), TOKEN);
                GatewayClient two = GatewayClient.connect(gateway.url(), TOKEN)) {
            config.withObject("/gateway/auth").put("token", "another-token");
            Files.writeString(gateway.stateDir().resolve("evergate.json"), config.toString());
            FairWatch watch = FairWatch.start();

            assertThat(one.awaitClose().code()).isEqualTo(4001);
            assertThat(two.awaitClose().reason()).isEqualTo("gateway auth changed");
            assertThat(watch.ms()).isLessThan(5_000);
        }
        assertThatThrownBy(() -> GatewayClient.connect(gateway.url(), TOKEN))
                .isInstanceOf(RuntimeException.class);
        GatewayClient.connect(gateway.url(), "another-token").close();
    }
}
