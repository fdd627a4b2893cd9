package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.move.Departure;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** Who is here stays so while connections move. */
class MovePresenceTest {
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

    /** Frames and carries everything that can move. */
    private void moveAll() throws Exception {
        try (Departure departure = old.server.depart()) {
            ferry.moveAll(departure, heir, 100);
            assertThat(departure.remaining()).isZero();
        }
    }

    @Test
    void tellsNobodyThatSomebodyMoved() throws Exception {
        try (RawClient watcher = old.authenticated("operator.read");
                RawClient person = old.greeted()) {
            person.sendText(TestServer.connectFrame("openclaw-tui", "ui", FakeGateway.TOKEN, "x"));
            JsonNode hello = json(person.readText());
            JsonNode shown = event(watcher, "presence");
            assertThat(shown.at("/stateVersion/presence").asInt()).isEqualTo(2);
            moveAll();
            heir.server.continueFrom(old.server.stateVersions());
            heir.server.accept();

            JsonNode present = call(watcher, "system-presence", "{}").path("payload");
            assertThat(present.size()).isEqualTo(2);
            assertThat(present.at("/1/onlineSince"))
                    .isEqualTo(shown.at("/payload/presence/1/onlineSince"));
            assertThat(hello.path("ok").asBoolean()).isTrue();
            person.close();
            JsonNode left = event(watcher, "presence");
            assertThat(left.at("/payload/presence").size()).isEqualTo(1);
            assertThat(left.at("/stateVersion/presence").asInt()).isEqualTo(3);
            assertThat(left.path("seq").asInt()).isEqualTo(2);
        }
    }

    @Test
    void tellsAfterTheMoveWhoCameDuringIt() throws Exception {
        try (RawClient watcher = old.authenticated("operator.read");
                RawClient person = old.greeted();
                Departure departure = old.server.depart()) {
            person.sendText(TestServer.connectFrame("openclaw-tui", "ui", FakeGateway.TOKEN, "x"));
            assertThat(json(person.readText()).path("ok").asBoolean()).isTrue();
            ferry.moveAll(departure, heir, 100);
            heir.server.continueFrom(old.server.stateVersions());
            heir.server.accept();

            JsonNode shown = event(watcher, "presence");
            assertThat(shown.at("/payload/presence").size()).isEqualTo(2);
            assertThat(shown.at("/stateVersion/presence").asInt()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void tellsWhoWasLostWithADeadSuccessor() throws Exception {
        try (RawClient person = old.greeted();
                RawClient watcher = old.authenticated("operator.read")) {
            person.sendText(TestServer.connectFrame("openclaw-tui", "ui", FakeGateway.TOKEN, "x"));
            assertThat(json(person.readText()).path("ok").asBoolean()).isTrue();
            try (Departure departure = old.server.depart()) {
                // They are on different loops, so that one batch is adopted and one is not.
                assertThat(departure.freeze(1)).isEqualTo(1);
                ferry.carryAll(departure, heir);
                assertThat(departure.freeze(1)).isEqualTo(1);
                departure.takeBack();
            }
            JsonNode shown = event(watcher, "presence");
            while (shown.at("/payload/presence").size() > 1) {
                shown = event(watcher, "presence");
            }
            assertThat(old.server.connections()).isEqualTo(1);
        }
    }
}
