package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.config.Mutator;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.nio.file.Path;

/** A gateway that serves while its file is mistreated, and is killed now and then. */
@Tag("process")
class ConfigMutationProcessTest {
    private static final int KILLS = Integer.getInteger("evergate.kills", 50);
    private static final int MUTATIONS_BETWEEN = 8;
    private static final long SEED = Long.getLong("evergate.seed", System.nanoTime());
    private static final String TOKEN = "a-test-token";

    @RegisterExtension final Gateways gateways = new Gateways();
    private final FakeOpenAi model = FakeOpenAi.start();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    @Tag("I33")
    @Tag("I34")
    void everyStartServesWhateverLiesInThePlaceOfTheFile() throws Exception {
        String good = Configs.with(model);
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch()
                                .config(good)
                                // A mutation may be a good configuration of another gateway.
                                .arguments("--bind", "loopback")
                                .environment("EVERGATE_GATEWAY_TOKEN", TOKEN)
                                .environment("EVERGATE_GATEWAY_PASSWORD", TOKEN));
        Path file = gateway.stateDir().resolve("evergate.json");
        var mutator = new Mutator(SEED, file, good);
        for (int kill = 0; kill < KILLS; kill++) {
            String what = "";
            try (GatewayClient client = GatewayClient.connect(gateway.url(), TOKEN)) {
                for (int i = 0; i < MUTATIONS_BETWEEN; i++) {
                    what = mutator.mutate();
                    assertThat(client.call("health").path("ok").asBoolean(false))
                            .as("seed %d, kill %d: %s", SEED, kill, what)
                            .isTrue();
                }
            }
            long _ = gateway.killGeneration();
            gateway.awaitReady();
        }
        mutator.heal();

        Wait.until(
                "nothing is wrong any more",
                () -> !gateway.get("/readyz").body().contains("config"));
    }
}
