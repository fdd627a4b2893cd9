package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

class EventTest {
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("k1", "agent:main:main", "s-1", "main");
    private static final long NOW_MS = FakeGateway.NOW_MS;

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private void publish(GatewayEvent event) {
        server.gateway.events().publish(event);
    }

    private static GatewayEvent text(long seq, String delta, String text) {
        return new GatewayEvent.RunText(RUN, seq, delta, text, false, NOW_MS);
    }

    @Test
    void tellsARunAsAgentAndChatEventsWithOneNumber() throws Exception {
        try (RawClient client = server.authenticated("operator.read")) {
            publish(new GatewayEvent.RunStarted(RUN, 1, NOW_MS, NOW_MS));
            publish(new GatewayEvent.RunModel(RUN, 2, "fake", "echo-1", NOW_MS));
            publish(text(3, "Hello", "Hello"));
            publish(
                    new GatewayEvent.RunEnded(
                            RUN, 4, FakeGateway.end("k1", Turn.State.DONE, "Hello", "")));

            JsonNode start = event(client, "agent").path("payload");
            assertThat(start.at("/data/phase").asString()).isEqualTo("start");
            assertThat(event(client, "agent").at("/payload/data/model").asString())
                    .isEqualTo("echo-1");
            JsonNode assistant = event(client, "agent").path("payload");
            assertThat(assistant.path("stream").asString()).isEqualTo("assistant");
            assertThat(assistant.at("/data/delta").asString()).isEqualTo("Hello");
            JsonNode delta = event(client, "chat").path("payload");
            assertThat(delta.path("seq").asInt()).isEqualTo(assistant.path("seq").asInt());
            assertThat(delta.toString())
                    .isEqualTo(
                            "{\"runId\":\"k1\",\"sessionKey\":\"agent:main:main\","
                                    + "\"agentId\":\"main\",\"seq\":3,\"state\":\"delta\","
                                    + "\"deltaText\":\"Hello\",\"message\":{\"role\":\"assistant\","
                                    + "\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}],"
                                    + "\"timestamp\":1795300000000}}");
            assertThat(event(client, "agent").at("/payload/data/phase").asString())
                    .isEqualTo("end");
            JsonNode done = event(client, "chat").path("payload");
            assertThat(done.path("state").asString()).isEqualTo("final");
            assertThat(done.path("stopReason").asString()).isEqualTo("stop");
            assertThat(done.at("/message/content/0/text").asString()).isEqualTo("Hello");
        }
    }

    @Test
    void tellsAbortedAndFailedRuns() throws Exception {
        try (RawClient client = server.authenticated("operator.read")) {
            publish(
                    new GatewayEvent.RunEnded(
                            RUN, 1, FakeGateway.end("k1", Turn.State.ABORTED, "Hel", "")));
            assertThat(event(client, "agent").at("/payload/data").toString())
                    .contains("\"phase\":\"end\"", "\"aborted\":true", "\"status\":\"cancelled\"");
            JsonNode aborted = event(client, "chat").path("payload");
            assertThat(aborted.path("state").asString()).isEqualTo("aborted");
            assertThat(aborted.path("stopReason").asString()).isEqualTo("rpc");

            publish(
                    new GatewayEvent.RunEnded(
                            RUN, 2, FakeGateway.end("k1", Turn.State.FAILED, "", "no key")));
            assertThat(event(client, "agent").at("/payload/data/error").asString())
                    .isEqualTo("no key");
            JsonNode failed = event(client, "chat").path("payload");
            assertThat(failed.path("state").asString()).isEqualTo("error");
            assertThat(failed.path("errorMessage").asString()).isEqualTo("no key");
        }
    }

    @Test
    void tellsNewRowsAndChangedConversations() throws Exception {
        try (RawClient client = server.authenticated("operator.read")) {
            publish(
                    new GatewayEvent.MessageAdded(
                            "agent:main:main",
                            "main",
                            FakeGateway.row(5, TranscriptRow.Role.USER, "hi"),
                            Optional.of(FakeGateway.sample("agent:main:main"))));
            publish(
                    new GatewayEvent.SessionChanged(
                            "agent:main:main", "main", "send", Optional.empty(), NOW_MS));

            JsonNode message = event(client, "session.message").path("payload");
            assertThat(message.path("messageSeq").asInt()).isEqualTo(5);
            assertThat(message.at("/message/content").asString()).isEqualTo("hi");
            assertThat(message.at("/session/key").asString()).isEqualTo("agent:main:main");
            assertThat(event(client, "sessions.changed").path("payload").toString())
                    .isEqualTo(
                            "{\"sessionKey\":\"agent:main:main\",\"agentId\":\"main\","
                                    + "\"reason\":\"send\",\"ts\":1795300000000}");
        }
    }

    @Test
    @Tag("I24")
    void numbersEventsOfEachConnectionFromOneWithoutGaps() throws Exception {
        try (RawClient first = server.authenticated("operator.read")) {
            publish(text(1, "a", "a"));
            assertThat(json(first.readText()).path("seq").asInt()).isEqualTo(1);
            assertThat(json(first.readText()).path("seq").asInt()).isEqualTo(2);
            try (RawClient second = server.authenticated("operator.read")) {
                String big = "x".repeat(20_000);
                for (int i = 2; i <= 500; i++) {
                    publish(text(i, i % 50 == 0 ? big : "a", "a"));
                }
                assertNumbers(first, 3, 1000);
                assertNumbers(second, 1, 998);
            }
        }
    }

    private static void assertNumbers(RawClient client, int from, int to) throws Exception {
        for (int seq = from; seq <= to; seq++) {
            JsonNode frame = json(client.readText());
            assertThat(frame.path("seq").asInt()).as(frame.toString()).isEqualTo(seq);
        }
    }

    @Test
    @Tag("I24")
    void showsEventsOnlyToThoseWhoMayRead() throws Exception {
        try (RawClient reader = server.authenticated("operator.read");
                RawClient stranger = server.authenticated("operator.pairing")) {
            publish(text(1, "a", "a"));
            server.server.announceStop("gateway restarting", 1500);

            assertThat(event(reader, "chat").path("seq").asInt()).isEqualTo(2);
            JsonNode first = json(stranger.readText());
            assertThat(first.path("event").asString()).isEqualTo("shutdown");
            assertThat(first.path("seq").asInt()).isEqualTo(1);
        }
    }

    @Test
    void tellsWhoIsHere() throws Exception {
        try (RawClient watcher = server.authenticated("operator.read")) {
            RawClient person = server.greeted();
            person.sendText(TestServer.connectFrame("openclaw-tui", "ui", FakeGateway.TOKEN, "x"));
            assertThat(json(person.readText()).path("ok").asBoolean()).isTrue();

            JsonNode presence = event(watcher, "presence");
            assertThat(presence.at("/payload/presence/1/mode").asString()).isEqualTo("ui");
            assertThat(presence.at("/stateVersion/presence").asInt()).isEqualTo(2);
            assertThat(call(watcher, "system-presence", "{}").path("payload").size()).isEqualTo(2);
            person.close();
            assertThat(event(watcher, "presence").at("/payload/presence").size()).isEqualTo(1);
        }
    }
}
