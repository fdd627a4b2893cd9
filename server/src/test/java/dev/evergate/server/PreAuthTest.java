package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Who has not said who it is: may take little of us, and nothing from those who have. */
@Tag("S6")
class PreAuthTest {
    private static final int LARGE_BYTES = 60_000;

    private final TestServer server = new TestServer();
    private final List<RawClient> crowd = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : crowd) {
            client.close();
        }
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient stranger(String... headers) throws IOException {
        RawClient client = server.greeted(headers);
        client.socket().setSoTimeout(20_000);
        crowd.add(client);
        return client;
    }

    private void assertAnswered() throws IOException {
        try (RawClient honest = server.admin()) {
            assertThat(call(honest, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate; server_no_context_takeover, permessage-bzip2",
                "x-webkit-deflate-frame"
            })
    void compressionIsNeverAgreedOn(String extension) throws Exception {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.upgrade("Sec-WebSocket-Extensions: " + extension);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.head()).doesNotContainIgnoringCase("extensions");
            var _ = client.readText();

            byte[] compressed = RawClient.frame(true, 1, new byte[] {1, 2, 3});
            compressed[0] |= 0x40; // RSV1
            client.send(compressed);
            assertThat(client.readClose().closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void aFrameAbove64KiBIsRefusedByItsHeader() throws Exception {
        RawClient client = stranger();
        client.send(RawClient.frameHeader(1, 65_537));

        assertThat(client.readClose().closeCode()).isEqualTo(1009);
    }

    @Test
    void largeFirstFramesTakeLittleMemoryTogether() throws Exception {
        for (int i = 0; i < 170; i++) { // 10 MB together
            RawClient client = stranger();
            client.send(RawClient.frameHeader(1, LARGE_BYTES));
        }
        RawClient last = crowd.getLast();
        assertThat(last.readClose().closeCode()).as("try again later").isEqualTo(1013);
        assertAnswered();

        for (RawClient client : crowd.subList(0, 100)) {
            client.close();
        }
        Wait.until("memory is there again", () -> !isTurnedAway());
    }

    private boolean isTurnedAway() throws IOException {
        try (RawClient client = server.greeted()) {
            String padding = "x".repeat(LARGE_BYTES);
            client.sendText("{\"type\":\"req\",\"id\":\"1\",\"method\":\"" + padding + "\"}");
            return client.readClose().closeCode() == 1013;
        }
    }

    @Test
    void whatIsSentWhileItIsDecidedTakesLittleMemoryTogether() throws Exception {
        server.readinessGate = new CountDownLatch(1);
        byte[] large = RawClient.frame(true, 1, new byte[LARGE_BYTES]);
        for (int i = 0; i < 12; i++) { // each 840 KB
            RawClient client = stranger();
            client.sendText(TestServer.connectFrame("cli", "cli", "wrong", "operator.read"));
            for (int frame = 0; frame < 14; frame++) {
                client.send(large);
            }
        }
        Wait.until("some have to go", 10_000, () -> server.server.connections() < 12);
        server.readinessGate.countDown();
        assertAnswered();
        Wait.until("memory is there again", () -> !isTurnedAway());
    }

    @Test
    void whoAsksOnAndOnAndDoesNotReadIsCut() throws Exception {
        RawClient deaf = RawClient.connect(server.address, Wait.PATIENCE, 4096);
        assertThat(deaf.upgrade().status()).isEqualTo(101);
        deaf.socket().setSoTimeout(20_000);
        crowd.add(deaf);
        byte[] ping = RawClient.frame(true, 9, new byte[125]);
        byte[] pings = new byte[ping.length * 500];
        for (int i = 0; i < 500; i++) {
            System.arraycopy(ping, 0, pings, i * ping.length, ping.length);
        }

        for (int i = 0; i < 300; i++) { // 19 MB, of which the sockets keep a few
            deaf.send(pings);
        }

        RawClient.Frame end = deaf.readClose();
        assertThat(end.closeCode()).isEqualTo(1008);
        assertThat(end.closeReason()).isEqualTo("slow consumer");
        assertAnswered();
    }

    @Test
    void aThousandMayComeAndFewMayStay() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            RawClient client = server.connect();
            crowd.add(client);
            switch (i % 4) {
                case 0 -> client.sendUpgrade();
                case 1 -> client.send("GET / HTTP/1.1\r\nHo");
                case 2 -> client.send("POST /tools/invoke HTTP/1.1\r\nHost: localhost\r\n");
                default -> {} // says nothing at all
            }
        }
        assertAnswered();
        Wait.until("all are there", () -> server.server.visitors() == 1_000);

        server.world.forward(5_100);

        Wait.until("few are left", () -> server.server.visitors() <= 64);
        assertThat(server.server.visitors()).isEqualTo(64);
        assertAnswered();
        assertThat(crowd.getFirst().isEnded()).as("the oldest").isTrue();
    }
}
