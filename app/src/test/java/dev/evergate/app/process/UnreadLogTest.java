package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.plugin.BadPlugin;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Nobody waits for whoever should read what we log. */
@Tag("process")
@Tag("I39")
class UnreadLogTest {
    private static final String CONFIG =
            """
            { gateway: { auth: { token: "a-test-token" } },
              models: { providers: {
                bad: { api: "bad", baseUrl: "http://127.0.0.1:1/ok", models: [{ id: "m" }] } } },
              agents: { defaults: { model: { primary: "bad/m" } } } }
            """;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void aFullPipeHoldsUpNothing(@TempDir Path folder) throws Exception {
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch()
                                .plugin(BadPlugin.jar(folder))
                                .config(CONFIG)
                                .fullPipe());
        try (GatewayClient client = gateway.connect()) {
            for (int i = 0; i < 50; i++) { // each some lines for the console
                Turns.send(client, "throw " + i);
            }
            assertThat(Turns.end(client, "print").toString()).contains("echo: print");
            assertThat(Turns.end(client, "hello").toString()).contains("echo: hello");
        }
        assertThat(ProbeTimes.take(gateway, "/readyz", 20).medianMs()).isLessThan(100);
        long old = gateway.killGeneration(); // which the keeper has to say something about
        gateway.awaitReady();
        assertThat(gateway.generationPid()).isNotEqualTo(old);

        assertThat(gateway.stopMs()).isLessThan(1_500);
    }
}
