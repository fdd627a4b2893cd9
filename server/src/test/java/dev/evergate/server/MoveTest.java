package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

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
}
