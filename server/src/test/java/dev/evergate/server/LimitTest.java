package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class LimitTest {
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("k1", "agent:main:main", "s-1", "main");

    private final TestServer server = new TestServer();
    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient keep(RawClient client) {
        clients.add(client);
        return client;
    }

    @Test
    @Tag("K1")
    @Tag("S19")
    void takesAFrameOf25MiB() throws Exception {
        RawClient client = keep(server.admin());
        String padding = "x".repeat(26_214_400 - 100);

        var answer = call(client, "health", "{\"padding\":\"" + padding + "\"}");

        assertThat(answer.path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("K1")
    @Tag("S19")
    void refusesAFrameAbove25MiBBeforeItsPayload() throws Exception {
        RawClient client = keep(server.admin());

        client.send(RawClient.frameHeader(1, 26_214_401));

        RawClient.Frame end = client.readClose();
        assertThat(end.closeCode()).isEqualTo(1009);
        assertThat(end.closeReason()).isEmpty();
    }

    @Test
    @Tag("K1")
    @Tag("S19")
    void closesOneConnectionForBadUtf8AndNoOther() throws Exception {
        RawClient good = keep(server.admin());
        RawClient bad = keep(server.admin());

        bad.send(RawClient.frame(true, 1, new byte[] {'"', (byte) 0xff, '"'}));

        assertThat(bad.readClose().closeCode()).isEqualTo(1007);
        assertThat(call(good, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    void answersAPingAndACloseFrame() throws Exception {
        RawClient client = keep(server.admin());
        client.send(RawClient.frame(true, 9, "you?".getBytes(StandardCharsets.UTF_8)));
        RawClient.Frame pong = client.readFrame();
        assertThat(pong.opcode()).isEqualTo(10);
        assertThat(new String(pong.payload(), StandardCharsets.UTF_8)).isEqualTo("you?");

        client.sendClose();
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    @Tag("N1")
    @Tag("S19")
    void endsAHandshakeThatTakesTooLong() throws Exception {
        RawClient mute = keep(server.greeted());
        server.world.forward(14_000);
        RawClient later = keep(server.greeted());
        server.world.forward(1_500);

        assertThat(mute.readClose().closeCode()).isEqualTo(1000);
        later.sendText(TestServer.connectFrame("cli", "cli", FakeGateway.TOKEN, "operator.read"));
        assertThat(json(later.readText()).path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("N1")
    @Tag("S19")
    void endsAHeadThatTakesTooLong() throws Exception {
        RawClient silent = keep(server.connect());
        RawClient half = keep(server.connect()).send("GET / HTTP/1.1\r\nHost: ");
        RawClient drip = keep(server.connect()).send("GET");
        Wait.pause(50); // all three must have been accepted before the clock jumps
        server.world.forward(10_500);
        drip.send(" ");

        assertThat(silent.isEnded()).isTrue();
        assertThat(half.isEnded()).isTrue();
        assertThat(drip.isEnded()).isTrue();
    }

    @Test
    void pingsAndKeepsWhoAnswers() throws Exception {
        RawClient client = keep(server.admin());
        for (int round = 0; round < 3; round++) {
            server.world.forward(25_500);
            RawClient.Frame frame = client.readFrame();
            while (frame.opcode() != 9) {
                frame = client.readFrame();
            }
            client.send(RawClient.frame(true, 10, frame.payload()));
        }
        assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("N1")
    void dropsWhoDoesNotAnswerAPing() throws Exception {
        RawClient client = keep(server.admin());
        server.world.forward(25_500);
        RawClient.Frame frame = client.readFrame();
        while (frame.opcode() != 9) {
            frame = client.readFrame();
        }
        server.world.forward(26_000);

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    @Tag("N1")
    void dropsHalfAFrameAndThenSilence() throws Exception {
        RawClient client = keep(server.admin());
        client.send(RawClient.frameHeader(1, 5_000_000)).send(new byte[100_000]);
        Wait.pause(50);
        server.world.forward(25_500);
        RawClient.Frame frame = client.readFrame();
        while (frame.opcode() != 9) {
            frame = client.readFrame();
        }
        server.world.forward(26_000);

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    @Tag("K1")
    @Tag("S19")
    void letsBigFramesWaitForMemoryTenSecondsAtMost() throws Exception {
        for (int i = 0; i < 2; i++) { // 50 of the 64 MiB that all share
            keep(server.admin()).send(RawClient.frameHeader(1, 26_214_400));
        }
        Wait.pause(100);
        RawClient third = keep(server.admin());
        third.send(RawClient.frameHeader(1, 26_214_400));
        RawClient small = keep(server.admin());
        assertThat(call(small, "health", "{}").path("ok").asBoolean()).isTrue();
        Wait.pause(600); // until the scan has seen that it waits

        server.world.forward(10_500);
        assertThat(third.readClose().closeCode()).isEqualTo(1013);
        assertThat(call(small, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    void ticksEveryThirtySeconds() throws Exception {
        RawClient client = keep(server.authenticated("operator.read"));
        server.world.forward(30_500);

        assertThat(event(client, "tick").at("/payload/ts").isIntegralNumber()).isTrue();
    }

    @Test
    @Tag("I42")
    @Tag("S19")
    void costsASlowReaderItsConnectionAndNobodyElseAnything() throws Exception {
        RawClient mute = keep(server.authenticated("operator.read"));
        RawClient reader = keep(server.authenticated("operator.read"));
        String text = "x".repeat(200_000);

        for (int sent = 1; sent <= 400; sent++) { // 80 MB, one and a half buffers
            server.gateway
                    .events()
                    .publish(
                            new GatewayEvent.RunEnded(
                                    RUN, sent, FakeGateway.end("k1", Turn.State.DONE, text, "")));
            var mine = event(reader, "chat");
            assertThat(mine.path("seq").asInt()).isEqualTo(2 * sent);
        }

        Wait.until("the mute one is cut", () -> server.server.connections() == 1);
        assertThat(mute.isEnded()).isTrue();
        assertThat(call(reader, "health", "{}").path("ok").asBoolean()).isTrue();
    }

    @Test
    @Tag("I42")
    void skipsDeltasForASlowReaderAndLetsItSeeTheGap() throws Exception {
        RawClient slow = keep(server.authenticated("operator.read"));
        RawClient reader = keep(server.authenticated("operator.read"));
        String text = "x".repeat(200_000);
        int rounds = 250; // 100 MB of deltas, twice the buffer
        for (int i = 1; i <= rounds; i++) {
            server.gateway.events().publish(new GatewayEvent.RunText(RUN, i, "x", text, false, 0));
            var _ = event(reader, "chat");
        }

        long last = 0;
        int received = 0;
        while (last < 2L * rounds) {
            server.gateway
                    .events()
                    .publish(new GatewayEvent.RunText(RUN, rounds + 1, "x", "end", false, 0));
            last = json(slow.readText()).path("seq").asLong();
            received++;
        }
        assertThat(received).isLessThan(2 * rounds);
        assertThat(call(slow, "health", "{}").path("ok").asBoolean()).isTrue();
    }
}
