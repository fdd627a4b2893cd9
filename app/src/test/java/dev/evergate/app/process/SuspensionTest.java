package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

/** Holding the gateway still is no outage: a crash ends it, a planned restart keeps it. */
@Tag("process")
class SuspensionTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    private static JsonNode prepare(GatewayClient client) {
        JsonNode held = client.call("gateway.suspend.prepare", "{\"requestId\":\"r\"}");
        assertThat(held.path("status").asString("")).as(held.toString()).isEqualTo("ready");
        return held;
    }

    private static String status(GatewayProcess gateway, JsonNode held) {
        try (GatewayClient client = gateway.connect()) {
            return client.call(
                            "gateway.suspend.status",
                            "{\"suspensionId\":\"%s\"}"
                                    .formatted(held.path("suspensionId").asString()))
                    .path("status")
                    .asString("");
        }
    }

    @Test
    void aRestartKeepsItAndACrashEndsIt() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        Restarts restarts = new Restarts(gateway);
        JsonNode held;
        try (GatewayClient client = gateway.connect()) {
            held = prepare(client); // and nobody is connected any more
        }
        assertThat(gateway.get("/readyz").body()).contains("gateway-suspended");

        assertThat(restarts.ask().isGranted()).isTrue();
        restarts.awaitOne();

        assertThat(restarts.serving()).isEqualTo(2);
        assertThat(status(gateway, held)).isEqualTo("ready");

        gateway.killGeneration();
        gateway.awaitReady();

        assertThat(status(gateway, held)).isEqualTo("running");
        try (GatewayClient client = gateway.connect()) {
            assertThat(client.call("health").path("ok").asBoolean(false)).isTrue();
        }
    }
}
