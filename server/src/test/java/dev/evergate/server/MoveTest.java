package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class MoveTest {
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("k1", "agent:main:main", "s-1", "main");

    private final TestServer old = new TestServer();
    private final TestServer heir = new TestServer();
    private Ferry ferry;

    @BeforeEach
    void open() throws Exception {
        ferry = new Ferry();
    }

    @AfterEach
    void stop() throws Exception {
        ferry.close();
        old.close();
        heir.close();
        assertThat(old.faults).isEmpty();
        assertThat(heir.faults).isEmpty();
    }

    private static GatewayEvent text(long seq) {
        return new GatewayEvent.RunText(RUN, seq, "a", "a" + seq, false, FakeGateway.NOW_MS);
    }

    private static String request(String id, String method, String params) {
        return "{\"type\":\"req\",\"id\":\"%s\",\"method\":\"%s\",\"params\":%s}"
                .formatted(id, method, params);
    }

    /** Frames and carries everything that can move. */
    private void moveAll() throws Exception {
        try (Departure departure = old.server.depart()) {
            ferry.moveAll(departure, heir, 100);
            assertThat(departure.remaining()).isZero();
        }
    }

    @Test
    void goesOnWithAConnectionAsIfNothingHadHappened() throws Exception {
        try (RawClient client = old.admin()) {
            old.gateway.events().publish(text(1));
            assertThat(event(client, "chat").path("seq").asLong()).isEqualTo(2);

            moveAll();

            assertThat(old.server.connections()).isZero();
            assertThat(heir.server.connections()).isEqualTo(1);
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
            heir.gateway.events().publish(text(2));
            assertThat(event(client, "agent").path("seq").asLong()).isEqualTo(3);
        }
    }

    @Test
    void staysConnectedWhenTheOldServerEnds() throws Exception {
        try (RawClient client = old.admin()) {
            moveAll();
            old.server.announceStop("gateway restarting", 1500);
            old.server.stop(old.world.time().deadlineIn(1000));

            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void givesEachEventOnceInOrderAcrossTheMove() throws Exception {
        try (RawClient client = old.admin();
                Departure departure = old.server.depart()) {
            old.gateway.events().publish(text(1));
            assertThat(departure.freeze(100)).isEqualTo(1);
            old.gateway.events().publish(text(2));

            ferry.carryAll(departure, heir);
            old.gateway.events().publish(text(3));
            ferry.carryAll(departure, heir);

            for (int seq = 1; seq <= 6; seq++) {
                JsonNode frame = json(client.readText());
                assertThat(frame.path("seq").asInt()).isEqualTo(seq);
                assertThat(frame.at("/payload/seq").asInt()).isEqualTo((seq + 1) / 2);
            }
        }
    }

    @Test
    void relaysTheAnswersThatTheOldServerStillOwes() throws Exception {
        try (RawClient client = old.admin();
                Departure departure = old.server.depart()) {
            client.sendText(
                    request("a1", "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"k1\"}"));
            assertThat(answer(client, "a1").at("/payload/status").asString()).isEqualTo("accepted");
            assertThat(departure.freeze(100)).isEqualTo(1);
            old.gateway.endRun(FakeGateway.end("k1", Turn.State.DONE, "done", ""));

            ferry.carryAll(departure, heir);

            JsonNode end = answer(client, "a1");
            assertThat(end.at("/payload/result/payloads/0/text").asString()).isEqualTo("done");
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void asksToTryAgainWhatADeadServerLeavesUnanswered() throws Exception {
        try (RawClient client = old.admin();
                Departure departure = old.server.depart()) {
            client.sendText(
                    request("a1", "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"k1\"}"));
            assertThat(answer(client, "a1").path("ok").asBoolean()).isTrue();
            ferry.moveAll(departure, heir, 100);

            heir.server.predecessorGone();

            JsonNode error = answer(client, "a1").path("error");
            assertThat(error.path("code").asString()).isEqualTo("UNAVAILABLE");
            assertThat(error.path("retryable").asBoolean()).isTrue();
            assertThat(error.at("/details/reason").asString()).isEqualTo("gateway-restarting");
        }
    }

    @Test
    void takesUpAFrameThatIsCutAtAnyByte() throws Exception {
        byte[] frame =
                RawClient.frame(
                        true, 1, request("q", "health", "{}").getBytes(StandardCharsets.UTF_8));
        try (RawClient client = old.admin()) {
            TestServer from = old;
            TestServer to = heir;
            for (int cut = 0; cut <= frame.length; cut++) {
                client.send(Arrays.copyOf(frame, cut));
                try (Departure departure = from.server.depart()) {
                    ferry.moveAll(departure, to, 100);
                }
                client.send(Arrays.copyOfRange(frame, cut, frame.length));
                assertThat(answer(client, "q").path("ok").asBoolean()).as("cut %s", cut).isTrue();
                TestServer next = from;
                from = to;
                to = next;
            }
        }
    }

    @Test
    void takesUpAMessageBetweenItsFragments() throws Exception {
        byte[] text = request("q", "health", "{}").getBytes(StandardCharsets.UTF_8);
        try (RawClient client = old.admin()) {
            client.send(RawClient.frame(false, 1, Arrays.copyOf(text, 10)));
            client.send(RawClient.frame(false, 0, Arrays.copyOfRange(text, 10, 20)));
            moveAll();
            client.send(RawClient.frame(true, 0, Arrays.copyOfRange(text, 20, text.length)));

            assertThat(answer(client, "q").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void sendsTheRestOfWhatASlowReaderHasNotTaken() throws Exception {
        try (RawClient client = old.admin()) {
            String big = "x".repeat(300_000);
            for (int i = 1; i <= 100; i++) {
                old.gateway
                        .events()
                        .publish(
                                new GatewayEvent.RunEnded(
                                        RUN, i, FakeGateway.end("k1", Turn.State.DONE, big, "")));
            }
            moveAll();
            heir.gateway.events().publish(text(101));

            for (int seq = 1; seq <= 202; seq++) {
                assertThat(json(client.readText()).path("seq").asInt()).isEqualTo(seq);
            }
        }
    }

    @Test
    void leavesOutAConnectionThatBreaksInTheMomentItIsFrozen() throws Exception {
        RawClient client = old.admin();
        CountDownLatch gate = new CountDownLatch(1);
        old.gateway.configGate = gate;
        try (Departure departure = old.server.depart()) {
            client.sendText(request("q", "agents.list", "{}"));
            Wait.until("its loop stands", () -> old.gateway.configWaiters.get() > 0);
            client.socket().setSoLinger(true, 0); // a reset, not an end
            client.close();
            // In one go of the loop: a write fails, which closes, and the freeze comes.
            old.gateway.events().publish(text(1));
            var freezing = Thread.ofPlatform().start(() -> departure.freeze(100));
            Wait.until(
                    "the freeze waits for the loop",
                    () -> freezing.getState() == Thread.State.TIMED_WAITING);
            gate.countDown();
            freezing.join(5_000);

            assertThat(departure.next(200)).containsInstanceOf(Item.Event.class);
            assertThat(departure.next(200)).isEmpty();
        }
    }

    @Test
    void movesAClientThatHasNotSaidWhoItIs() throws Exception {
        try (RawClient client = old.greeted()) {
            moveAll();

            client.sendText(TestServer.connectFrame("cli", "cli", FakeGateway.TOKEN, "x"));
            assertThat(json(client.readText()).path("ok").asBoolean()).isTrue();
            assertThat(heir.server.connections()).isEqualTo(1);
        }
    }

    @Test
    void takesBackWhatTheSuccessorDidNotAdopt() throws Exception {
        try (RawClient client = old.admin();
                Departure departure = old.server.depart()) {
            client.sendText(
                    request("a1", "agent", "{\"message\":\"hi\",\"idempotencyKey\":\"k1\"}"));
            assertThat(answer(client, "a1").path("ok").asBoolean()).isTrue();
            Wait.until("its end is waited for", () -> old.gateway.isAwaited("k1"));
            departure.stopAccepting();
            old.gateway.events().publish(text(1));
            assertThat(departure.freeze(100)).isEqualTo(1);
            old.gateway.events().publish(text(2));
            Item.Batch batch = batch(departure);
            var carried = ferry.across(batch);
            old.gateway.endRun(FakeGateway.end("k1", Turn.State.DONE, "done", ""));
            client.sendText(request("h1", "health", "{}"));
            Ferry.drop(carried); // the successor dies

            departure.takeBack();
            old.gateway.events().publish(text(3));

            for (int seq = 1; seq <= 4; seq++) {
                assertThat(json(client.readText()).path("seq").asInt()).isEqualTo(seq);
            }
            assertThat(List.of(json(client.readText()).path("id").asString())).contains("a1");
            JsonNode first = json(client.readText());
            JsonNode second = json(client.readText());
            JsonNode third = json(client.readText());
            assertThat(List.of(first, second, third))
                    .filteredOn(frame -> frame.path("id").asString("").equals("h1"))
                    .hasSize(1);
            try (RawClient another = old.admin()) {
                assertThat(call(another, "health", "{}").path("ok").asBoolean()).isTrue();
            }
        }
    }

    private static Item.Batch batch(Departure departure) throws InterruptedException {
        while (true) {
            Item item = departure.next(1000).orElseThrow();
            if (item instanceof Item.Batch batch) {
                return batch;
            }
        }
    }

    @Test
    void leavesNewConnectionsInTheQueueOnceItStopsAccepting() throws Exception {
        try (Departure departure = old.server.depart()) {
            departure.stopAccepting();
            try (RawClient early = old.connect()) {
                early.send(
                        "GET /healthz HTTP/1.1\r\nHost: localhost:"
                                + old.address.getPort()
                                + "\r\n\r\n");
                Wait.pause(100);
                assertThat(early.socket().getInputStream().available()).isZero();
                departure.takeBack();
                assertThat(early.readAnswer(false).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void movesAClientWhileWhoItIsIsBeingVerified() throws Exception {
        try (RawClient client = old.greeted()) {
            // A wrong secret is answered late on purpose, and more may be sent meanwhile.
            client.sendText(TestServer.connectFrame("cli", "cli", "wrong", "x"));
            client.sendText(request("h1", "health", "{}"));
            Wait.until("both have been read", () -> old.world.begun.get() > 0);
            moveAll();

            assertThat(heir.server.connections()).isEqualTo(1);
            JsonNode refusal = json(client.readText());
            assertThat(refusal.path("id").asString()).isEqualTo("c1");
            assertThat(refusal.at("/error/message").asString()).startsWith("unauthorized");
            assertThat(client.readClose().closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void keepsWhatCameBehindAConnectThatIsVerified() throws Exception {
        try (RawClient client = old.greeted()) {
            client.sendText(TestServer.connectFrame("cli", "cli", FakeGateway.TOKEN, "x"));
            client.sendText(request("h1", "health", "{}"));
            moveAll();

            assertThat(answer(client, "h1").isMissingNode()).isFalse();
        }
    }

    @Test
    void doesNotMoveAClientThatIsBeingClosed() throws Exception {
        try (RawClient client = old.greeted();
                Departure departure = old.server.depart()) {
            client.sendText("not a request");
            Wait.until("it is being closed", () -> departure.remaining() == 0);

            assertThat(departure.freeze(100)).isZero();
            assertThat(client.readClose().closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void movesABigFrameThatWaitsForMemoryAsUnreadInput() throws Exception {
        List<RawClient> greedy = new ArrayList<>();
        try (RawClient client = old.admin()) {
            byte[] header = RawClient.frameHeader(1, 20L << 20);
            for (int i = 0; i < 3; i++) {
                greedy.add(old.admin().send(header)); // 60 of 64 MiB are taken
            }
            byte[] frame = RawClient.frame(true, 1, bigRequest("big", 8 << 20));
            Thread sending = Thread.ofVirtual().start(() -> send(client, frame));
            try (Departure departure = old.server.depart()) {
                ferry.moveAll(departure, heir, 100);
            }
            assertThat(heir.server.connections()).isEqualTo(4);
            greedy.removeLast().close();

            assertThat(answer(client, "big").path("ok").asBoolean()).isTrue();
            sending.join();
        } finally {
            for (RawClient client : greedy) {
                client.close();
            }
        }
    }

    private static byte[] bigRequest(String id, int paddingBytes) {
        return request(id, "health", "{\"x\":\"" + "y".repeat(paddingBytes) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void send(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            old.faults.add(e);
        }
    }

    @Test
    void asksWhoCallsTooLateToTryAgain() throws Exception {
        try (RawClient client = old.admin()) {
            old.gateway.commandGate = new CountDownLatch(1);
            int before = old.gateway.commandWaiters.get();
            client.send(both(request("c", "commands.list", "{}"), request("late", "health", "{}")));
            Wait.until("the loop is busy", () -> old.gateway.commandWaiters.get() > before);
            old.server.announceStop("gateway restarting", 1500);
            old.gateway.commandGate.countDown();

            JsonNode error = answer(client, "late").path("error");
            assertThat(error.path("code").asString()).isEqualTo("UNAVAILABLE");
            assertThat(error.path("retryable").asBoolean()).isTrue();
            assertThat(error.path("retryAfterMs").asLong()).isBetween(1500L, 3000L);
            assertThat(error.at("/details/reason").asString()).isEqualTo("gateway-restarting");
            assertThat(client.readClose().closeCode()).isEqualTo(1012);
        }
    }

    private static byte[] both(String first, String second) {
        byte[] one = RawClient.frame(true, 1, first.getBytes(StandardCharsets.UTF_8));
        byte[] two = RawClient.frame(true, 1, second.getBytes(StandardCharsets.UTF_8));
        byte[] all = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, all, one.length, two.length);
        return all;
    }

    @Test
    void isReadyWhileASuccessorTakesOver() throws Exception {
        try (Departure departure = old.server.depart()) {
            old.phase = Phase.DRAINING;
            old.failing = List.of("gateway-draining");
            try (RawClient probe = old.connect();
                    RawClient strict = old.connect()) {
                assertThat(probe.http("GET", "/readyz").status()).isEqualTo(200);
                assertThat(strict.http("GET", "/healthz?strict=1").status()).isEqualTo(200);
            }
            departure.close();
            try (RawClient probe = old.connect()) {
                assertThat(probe.http("GET", "/readyz").status()).isEqualTo(503);
            }
        }
    }

    @Test
    void refusesWhatItCannotGoOnWith() throws Exception {
        try (RawClient _ = old.admin();
                Departure departure = old.server.depart()) {
            assertThat(departure.freeze(1)).isEqualTo(1);
            Moving sound = ferry.across(batch(departure)).getFirst();
            byte[] short1 = Arrays.copyOf(sound.body(), sound.body().length - 1);
            byte[] newer = sound.body().clone();
            newer[0] = 99;
            for (byte[] body : List.of(short1, newer, new byte[0])) {
                Moving broken = new Moving(sound.id(), sound.descriptor(), body);
                assertThatThrownBy(() -> heir.server.arrivals(List.of(sound, broken)))
                        .isInstanceOf(EvergateException.class)
                        .hasMessageContaining(sound.id());
            }
            assertThatThrownBy(
                            () ->
                                    heir.server.arrivals(
                                            List.of(new Moving(sound.id(), 19_999, sound.body()))))
                    .isInstanceOf(EvergateException.class);
            Ferry.drop(List.of(sound));
            departure.takeBack();
        }
    }

    @Test
    void movesOneServerAtATime() throws Exception {
        try (Departure first = old.server.depart()) {
            assertThatThrownBy(old.server::depart).isInstanceOf(IllegalStateException.class);
            first.takeBack();
        }
        try (Departure second = old.server.depart()) {
            assertThat(second.freeze(1)).isZero();
        }
    }
}
