package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.Guest.Visit;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** What is taken back from a device ends its connections wherever they are. */
@Tag("I38")
class MoveDeviceTest {
    private final TestServer old = new TestServer();
    private final TestServer heir = new TestServer();
    private final Guest guest = Guest.local("operator.pairing");
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

    private GatewayEvent removed() {
        return new GatewayEvent.DeviceChanged(
                new DeviceEvent.Withdrawn(guest.id(), "", "device removed"));
    }

    private static void assertRemoved(RawClient client) throws Exception {
        RawClient.Frame end = client.readClose();
        assertThat(end.closeCode()).isEqualTo(4001);
        assertThat(end.closeReason()).isEqualTo("device removed");
    }

    @Test
    void aMovedConnectionIsStillThatOfItsDevice() throws Exception {
        try (Visit visit = guest.visit(old);
                RawClient bystander = old.admin();
                Departure departure = old.server.depart()) {
            assertThat(ferry.moveAll(departure, heir, 100)).isEqualTo(2);

            heir.gateway.events().publish(removed());

            assertRemoved(visit.client());
            assertThat(call(bystander, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void aMovedConnectionStillKnowsThatItCameInWithADeviceToken() throws Exception {
        JsonNode first = guest.outcome(old);
        String token = first.at("/payload/auth/deviceToken").asString();
        JsonNode _ = guest.outcome(heir);
        JsonNode _ = Guest.local("operator.read").outcome(heir);
        try (Visit visit = guest.showing("token", token).visit(old);
                Departure departure = old.server.depart()) {
            assertThat(ferry.moveAll(departure, heir, 100)).isEqualTo(1);

            JsonNode seen = call(visit.client(), "device.pair.list", "{}").path("payload");

            assertThat(seen.path("paired").size()).as("only itself").isEqualTo(1);
            JsonNode rotated =
                    call(
                            visit.client(),
                            "device.token.rotate",
                            "{\"deviceId\":\"%s\",\"role\":\"operator\"}".formatted(guest.id()));
            assertThat(rotated.at("/payload/tokenDelivery").asString()).isEqualTo("in-band");
        }
    }

    @Test
    void endsAConnectionThatIsOnItsWay() throws Exception {
        try (Visit visit = guest.visit(old);
                Departure departure = old.server.depart()) {
            assertThat(departure.freeze(100)).isEqualTo(1);
            old.gateway.events().publish(removed());

            ferry.carryAll(departure, heir);

            assertRemoved(visit.client());
        }
    }

    @Test
    void endsAConnectionThatComesBack() throws Exception {
        try (Visit visit = guest.visit(old);
                Departure departure = old.server.depart()) {
            assertThat(departure.freeze(100)).isEqualTo(1);
            old.gateway.events().publish(removed());
            Item item = departure.next(1000).orElseThrow();
            assertThat(item).isInstanceOf(Item.Batch.class);

            departure.takeBack();

            assertRemoved(visit.client());
        }
    }
}
