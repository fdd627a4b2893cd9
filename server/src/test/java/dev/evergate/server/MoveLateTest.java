package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Turn;
import dev.evergate.server.move.Departure;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** Whoever waits for a run that the other server takes on, before its own connection has moved. */
class MoveLateTest {
    private static final String ASKED =
            """
            {"type":"req","id":"a1","method":"agent","params":{"message":"hi","idempotencyKey":"k1"}}""";

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

    @Test
    void itIsWaitedForOnTheOtherServer() throws Exception {
        try (Departure departure = old.server.depart();
                RawClient client = old.admin()) {
            client.sendText(ASKED);
            assertThat(answer(client, "a1").at("/payload/status").asString()).isEqualTo("accepted");
            Wait.until("its end is waited for", () -> old.gateway.isAwaited("k1"));
            old.gateway.leave("k1");
            client.sendText("{\"type\":\"req\",\"id\":\"h\",\"method\":\"health\"}");
            assertThat(json(client.readText()).path("id").asString()).isEqualTo("h");

            assertThat(departure.freeze(100)).isEqualTo(1);
            ferry.carryHandedOn(departure, heir);
            Wait.until("it is asked again there", () -> heir.gateway.runs() == 1);
            heir.gateway.endRun(FakeGateway.end("k1", Turn.State.DONE, "done", ""));

            JsonNode end = answer(client, "a1");
            assertThat(end.at("/payload/result/payloads/0/text").asString()).isEqualTo("done");
        }
    }

    @Test
    void itIsToBeAskedAgainIfNobodyMovesAfterAll() throws Exception {
        try (RawClient client = old.admin();
                Departure departure = old.server.depart()) {
            client.sendText(ASKED);
            assertThat(answer(client, "a1").at("/payload/status").asString()).isEqualTo("accepted");
            Wait.until("its end is waited for", () -> old.gateway.isAwaited("k1"));
            old.gateway.leave("k1");

            departure.takeBack();

            JsonNode error = answer(client, "a1").path("error");
            assertThat(error.path("retryable").asBoolean()).isTrue();
            assertThat(error.at("/details/reason").asString()).isEqualTo("gateway-restarting");
        }
    }
}
