package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.GatewayClient.CallFailed;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Who holds the gateway still goes on holding it when the generation changes. */
class SuspensionHandoverTest extends TwoGenerations {
    private static JsonNode prepare(GatewayClient client, boolean isDrain) {
        return client.call(
                "gateway.suspend.prepare", "{\"requestId\":\"r\",\"drain\":%s}".formatted(isDrain));
    }

    private static String named(JsonNode held) {
        return "{\"suspensionId\":\"%s\"}".formatted(held.path("suspensionId").asString());
    }

    private static String status(GatewayClient client, JsonNode held) {
        return client.call("gateway.suspend.status", named(held)).path("status").asString("");
    }

    private static boolean is(JsonNode payload, String phaseOrState) {
        return payload.path("phase").asString("").equals(phaseOrState)
                || payload.path("state").asString("").equals(phaseOrState);
    }

    private static int first(List<JsonNode> seen, Predicate<JsonNode> wanted) {
        return IntStream.range(0, seen.size())
                .filter(i -> wanted.test(seen.get(i)))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void theNextGenerationHoldsStillUntilItIsLetGo() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            JsonNode held = prepare(client, false);
            assertThat(held.path("status").asString("")).isEqualTo("ready");
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            assertThatThrownBy(() -> client.call("sessions.list", "{}"))
                    .isInstanceOf(CallFailed.class)
                    .hasMessageContaining("sessions.list unavailable during gateway suspension");
            assertThat(status(client, held)).isEqualTo("ready");
            JsonNode _ = client.call("gateway.suspend.resume", named(held));
            assertThat(client.call("sessions.list", "{}").path("count").asInt(-1)).isZero();
        }
    }

    @Test
    void anAnswerThatIsWaitedForMayEndInTheGenerationBefore() throws Exception {
        model.next(ModelScript.words(20, 25));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            JsonNode _ =
                    client.call(
                            "chat.send",
                            """
                            {"sessionKey":"main","message":"hi","idempotencyKey":"one"}""");
            var _ = model.awaitRequest(1);
            JsonNode held = prepare(client, true);
            assertThat(held.path("status").asString("")).isEqualTo("draining");
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            JsonNode _ = client.await("gateway.suspension", phase -> is(phase, "prepared"));
            List<JsonNode> seen = client.seen();
            int answered = first(seen, frame -> is(frame.path("payload"), "final"));
            int prepared = first(seen, frame -> is(frame.path("payload"), "prepared"));
            assertThat(answered).isNotNegative();
            assertThat(prepared).isGreaterThan(answered);
            assertThat(status(client, held)).isEqualTo("ready");
        }
    }
}
