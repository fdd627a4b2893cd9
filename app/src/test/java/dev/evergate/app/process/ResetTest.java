package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A connection may be reset at any byte: who repeats the request with its key loses nothing. */
@Tag("process")
@Tag("N2")
@Tag("I25")
class ResetTest {
    /** An answer is not longer than this. */
    private static final int ANSWER_BYTES = 180;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void isHarmlessAtEveryByteOfARequestAndOfItsAnswer() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        int requestBytes = frame(0).length;
        int cases = requestBytes + ANSWER_BYTES;

        for (int position = 0; position < cases; position++) {
            try (RawClient client = authenticated(gateway)) {
                byte[] request = frame(position);
                int sent = Math.min(position, requestBytes);
                var _ = client.send(Arrays.copyOf(request, sent));
                for (int i = requestBytes; i < position; i++) {
                    assertThat(client.socket().getInputStream().read()).isNotNegative();
                }
                client.socket().setSoLinger(true, 0); // a reset, not an end
            }
        }

        try (GatewayClient client = gateway.connect()) {
            for (int position = 0; position < cases; position++) {
                JsonNode repeated = client.call("chat.send", params(position));
                assertThat(repeated.path("runId").asString()).isEqualTo(key(position));
            }
            for (int position = 0; position < cases; position++) {
                JsonNode history =
                        client.call(
                                "chat.history",
                                "{\"sessionKey\":\"%s\"}".formatted(session(position)));
                long asked =
                        history.path("messages")
                                .valueStream()
                                .filter(row -> row.path("role").asString("").equals("user"))
                                .count();
                assertThat(asked).as("message %d is there once: %s", position, history).isOne();
            }
        }
    }

    private static RawClient authenticated(GatewayProcess gateway) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        RawClient client = RawClient.connect(address, Wait.PATIENCE);
        assertThat(client.upgrade().status()).isEqualTo(101);
        assertThat(client.readText()).contains("connect.challenge");
        var _ = client.sendText(GatewayClient.connectFrame("c1", gateway.token()));
        assertThat(client.readText()).contains("\"ok\":true");
        return client;
    }

    private static byte[] frame(int position) {
        String text =
                "{\"type\":\"req\",\"id\":\"r1\",\"method\":\"chat.send\",\"params\":%s}"
                        .formatted(params(position));
        return RawClient.frame(true, 1, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String params(int position) {
        return "{\"sessionKey\":\"%s\",\"message\":\"hello\",\"idempotencyKey\":\"%s\"}"
                .formatted(session(position), key(position));
    }

    private static String session(int position) {
        return "agent:main:reset-%04d".formatted(position);
    }

    private static String key(int position) {
        return "key-%04d".formatted(position);
    }
}
