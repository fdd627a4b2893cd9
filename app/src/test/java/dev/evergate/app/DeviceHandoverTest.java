package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.testkit.net.DeviceKey;
import dev.evergate.testkit.net.GatewayClient;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/** What devices see of a hand-over. */
class DeviceHandoverTest extends TwoGenerations {
    private final DeviceKey device = DeviceKey.make();

    private static String token(JsonNode hello) {
        return hello.path("auth").path("deviceToken").asString("");
    }

    /** Parameters of the command line, which is paired if it has a device. */
    private static ObjectNode asCommandLine(String token) {
        ObjectNode params = GatewayClient.connectParams(token);
        params.putObject("client")
                .put("id", "cli")
                .put("mode", "cli")
                .put("platform", "test")
                .put("version", "1");
        return params;
    }

    @Test
    @Tag("I38")
    void aDeviceStaysItselfAndIsPairedInTheNextGenerationToo() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient connected = GatewayClient.open(url)) {
            String token = token(connected.hello(asCommandLine(TOKEN), device));
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            try (GatewayClient again = GatewayClient.open(url);
                    GatewayClient owner = GatewayClient.connect(url, TOKEN)) {
                assertThat(token(again.hello(asCommandLine(TOKEN), device))).isEqualTo(token);
                JsonNode _ =
                        owner.call("device.pair.remove", "{\"deviceId\":\"" + device.id() + "\"}");
                assertThat(again.awaitClose().code()).isEqualTo(4001);
            }
            assertThat(connected.awaitClose().reason()).isEqualTo("device removed");
        }
    }

    @Test
    void aKnownDeviceNeedsNoLeaseAndANewOneWaitsForIt() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient before = GatewayClient.open(url);
                GatewayClient known = GatewayClient.open(url);
                GatewayClient stranger = GatewayClient.open(url)) {
            String token = token(before.hello(asCommandLine(TOKEN), device));
            var change = new Change(one, start(2, 1));
            change.to.moved(Phase.STANDBY);
            List<ActiveRun> abroad = change.successor.adopt();

            // They were moved before they said who they are; the lease has not come yet.
            assertThat(token(known.hello(asCommandLine(token), device))).isEqualTo(token);
            ObjectNode params = asCommandLine(TOKEN);
            JsonNode challenge = stranger.await("connect.challenge", _ -> true);
            DeviceKey.make().prove(params, challenge);
            GatewayClient.Call call = stranger.start("connect", params);
            change.commit(abroad);
            assertThat(token(call.next())).hasSize(43);
            change.end(10_000);
        }
    }
}
