package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.server.transit.FrozenCodec;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/** What a node has been sent for survives the move of its connection and of the operator's. */
class MoveNodeTest {
    private final TestServer old = new TestServer();
    private final TestServer heir = new TestServer();
    private final Guest guest =
            Guest.local().as("node-host", "node", "linux").inRole("node").offering("a.one");
    private Ferry ferry;
    private Visit node;

    @BeforeEach
    void open() throws Exception {
        ferry = new Ferry();
        guest.visit(heir).close();
        allow(heir);
        node = guest.visit(old);
        allow(old);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        ferry.close();
        old.close();
        heir.close();
        assertThat(old.faults).isEmpty();
        assertThat(heir.faults).isEmpty();
    }

    private static void allow(TestServer server) throws Exception {
        try (RawClient owner = server.admin()) {
            String requestId =
                    call(owner, "node.pair.list", "{}")
                            .at("/payload/pending/0/requestId")
                            .asString();
            JsonNode done =
                    call(owner, "node.pair.approve", "{\"requestId\":\"" + requestId + "\"}");
            assertThat(done.path("ok").asBoolean()).isTrue();
        }
    }

    private void ask(RawClient operator) throws Exception {
        operator.sendText(
                """
                {"type":"req","id":"i","method":"node.invoke","params":{"nodeId":"%s",\
                "command":"a.one","idempotencyKey":"k"}}"""
                        .formatted(guest.id()));
    }

    private String errand() throws Exception {
        return event(node.client(), "node.invoke.request").at("/payload/id").asString();
    }

    private JsonNode bring(String errand) throws Exception {
        String result =
                "{\"id\":\"%s\",\"nodeId\":\"%s\",\"ok\":true,\"payload\":7}"
                        .formatted(errand, guest.id());
        return call(node.client(), "node.invoke.result", result).path("payload");
    }

    private static void assertDone(RawClient operator) throws Exception {
        assertThat(answer(operator, "i").at("/payload/payload").asInt()).isEqualTo(7);
    }

    /** Freezes one connection, carries what there is, and says in which role it was. */
    private String moveOne(Departure departure) throws Exception {
        assertThat(departure.freeze(1)).isEqualTo(1);
        String role = "";
        Optional<Item> item = departure.next(1000);
        while (item.isPresent()) {
            if (item.get() instanceof Item.Batch(var connections)) {
                role = role(connections.getFirst());
            }
            ferry.carry(item.get(), departure, heir);
            item = departure.next(0);
        }
        return role;
    }

    private static String role(Moving moving) throws Exception {
        FrozenSession session = FrozenCodec.decode(moving.body());
        return ((FrozenSession.Open) session.standing()).grant().role();
    }

    @Test
    void whatWasAskedBeforeTheMoveIsBroughtAfterIt() throws Exception {
        try (RawClient operator = old.admin();
                Departure departure = old.server.depart()) {
            ask(operator);
            String errand = errand();
            assertThat(ferry.moveAll(departure, heir, 100)).isEqualTo(2);
            ferry.carryHandedOn(departure, heir);

            assertThat(bring(errand)).hasToString("{\"ok\":true}");

            assertDone(operator);
        }
    }

    @Test
    void alsoIfItIsBroughtBeforeTheOperatorHasMoved() throws Exception {
        try (RawClient operator = old.admin();
                Departure departure = old.server.depart()) {
            ask(operator);
            String errand = errand();
            assertThat(moveOne(departure)).isEqualTo("node");

            assertThat(bring(errand)).hasToString("{\"ok\":true}");
            assertThat(moveOne(departure)).isEqualTo("operator");
            ferry.carryHandedOn(departure, heir);

            assertDone(operator);
        }
    }

    @Test
    void alsoIfTheOperatorHasMovedBeforeTheNode() throws Exception {
        node.close();
        try (RawClient operator = old.admin()) {
            node = guest.visit(old);
            ask(operator);
            String errand = errand();
            try (Departure departure = old.server.depart()) {
                assertThat(moveOne(departure)).isEqualTo("operator");
                assertThat(moveOne(departure)).isEqualTo("node");
                ferry.carryHandedOn(departure, heir);

                assertThat(bring(errand)).hasToString("{\"ok\":true}");
                assertDone(operator);
            }
        }
    }

    @Test
    void alsoIfTheNodeBringsItBeforeItMovesItself() throws Exception {
        node.close();
        try (RawClient operator = old.admin()) {
            node = guest.visit(old);
            ask(operator);
            String errand = errand();
            try (Departure departure = old.server.depart()) {
                assertThat(moveOne(departure)).isEqualTo("operator");

                assertThat(bring(errand)).hasToString("{\"ok\":true}");
                ferry.carry(
                        departure.next(Wait.PATIENCE.toMillis()).orElseThrow(), departure, heir);

                assertDone(operator);
            }
        }
    }

    @Test
    void aNodeThatHasMovedIsAskedWhereItIs() throws Exception {
        try (RawClient operator = old.admin();
                Departure departure = old.server.depart()) {
            assertThat(moveOne(departure)).isEqualTo("node");
            ask(operator);
            assertThat(call(operator, "node.list", "{}").at("/payload/nodes/0/connected"))
                    .hasToString("true");
            assertThat(moveOne(departure)).isEqualTo("operator");
            ferry.carryHandedOn(departure, heir);

            assertThat(bring(errand())).hasToString("{\"ok\":true}");

            assertDone(operator);
        }
    }

    @Test
    void aDepartureThatIsTakenBackLosesNothing() throws Exception {
        try (RawClient operator = old.admin();
                Departure departure = old.server.depart()) {
            ask(operator);
            String errand = errand();
            assertThat(departure.freeze(100)).isEqualTo(2);

            departure.takeBack();

            assertThat(bring(errand)).hasToString("{\"ok\":true}");
            assertDone(operator);
        }
    }

    @Test
    void whoStaysIsToldThatTheNodeWasLostWithTheOtherServer() throws Exception {
        try (RawClient operator = old.admin();
                Departure departure = old.server.depart()) {
            ask(operator);
            String _ = errand();
            assertThat(departure.freeze(1)).isEqualTo(1);
            var batch = (Item.Batch) departure.next(1000).orElseThrow();
            assertThat(role(batch.connections().getFirst())).isEqualTo("node");
            Ferry.drop(ferry.across(batch));
            departure.adopted();

            departure.takeBack();

            assertThat(answer(operator, "i").at("/error/details/code").asString())
                    .isEqualTo("NOT_CONNECTED");
        }
    }
}
