package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.handover.Successor;
import dev.evergate.core.journal.Epoch;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What clients see of a hand-over. */
class HandoverTest extends TwoGenerations {
    @Test
    @Tag("I5")
    void aConnectionStaysAndIsServedByTheNextGeneration() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            assertThat(generation(client)).isEqualTo(1);
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            assertThat(change.handover.moved()).isEqualTo(1);
            assertThat(generation(client)).isEqualTo(2);
            assertThat(client.gaps()).isEmpty();
            try (GatewayClient next = GatewayClient.connect(url, TOKEN)) {
                assertThat(generation(next)).isEqualTo(2);
            }
        }
    }

    @Test
    @Tag("I22")
    @Tag("I24")
    void anAnswerGoesOnWhereItIsAndTheNextMessageWaitsForIt() throws Exception {
        model.next(ModelScript.words(40, 25), ModelScript.text("second"));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            say(client, "one");
            var _ = model.awaitRequest(1);
            var change = new Change(one, start(2, 1));
            change.complete();
            say(client, "two");
            JsonNode waiting = client.call("chat.history", "{\"sessionKey\":\"main\"}");
            change.end(10_000);

            assertThat(waiting.path("inFlightRun").path("runId").asString("")).isEqualTo("one");
            assertThat(waiting.path("pendingInputs").path("total").asInt()).isEqualTo(1);
            assertThat(end(client, "one")).contains("w1 w2").contains("w40");
            assertThat(end(client, "two")).isEqualTo("second");
            assertThat(client.gaps()).isEmpty();
            assertThat(model.requests()).hasSize(2);
            assertThat(replaced(client)).isZero();
        }
    }

    @Test
    @Tag("I18")
    void whoeverWaitsForAnAnswerGetsItOnTheSameConnection() throws Exception {
        model.next(ModelScript.words(20, 25));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            GatewayClient.Call call = client.start("agent", message("one"));
            assertThat(call.next().path("status").asString("")).isEqualTo("accepted");
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            JsonNode answer = call.next();
            assertThat(answer.path("status").asString("")).isEqualTo("ok");
            assertThat(answer.toString()).contains("w1 w2").contains("w20");
        }
    }

    @Test
    @Tag("I18")
    void whoeverWaitsForATurnThatHasNotBegunGetsItsEndToo() throws Exception {
        model.next(ModelScript.words(20, 25), ModelScript.text("second"));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            say(client, "one");
            var _ = model.awaitRequest(1);
            GatewayClient.Call call = client.start("agent", message("two"));
            assertThat(call.next().path("status").asString("")).isEqualTo("accepted");
            ObjectNode params = JsonMapper.shared().createObjectNode();
            GatewayClient.Call wait =
                    client.start("agent.wait", params.put("runId", "two").put("timeoutMs", 20_000));
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(10_000);

            assertThat(call.next().toString()).contains("\"ok\"").contains("second");
            assertThat(wait.next().path("status").asString("")).isEqualTo("ok");
            assertThat(model.requests()).hasSize(2);
        }
    }

    @Test
    @Tag("I18")
    void whoeverWaitsForAnAnswerThatIsBegunAgainGetsItOnce() throws Exception {
        model.next(ModelScript.silenceAfter(3), ModelScript.text("whole"));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            GatewayClient.Call call = client.start("agent", message("one"));
            assertThat(call.next().path("status").asString("")).isEqualTo("accepted");
            var _ = model.awaitRequest(1);
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(200);

            assertThat(call.next().toString()).contains("whole");
        }
    }

    @Test
    @Tag("I8")
    @Tag("I18")
    void anAnswerThatDoesNotEndInTimeIsGivenByTheNextGeneration() throws Exception {
        model.next(ModelScript.silenceAfter(3), ModelScript.text("whole"));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            say(client, "one");
            var _ = model.awaitRequest(1);
            var change = new Change(one, start(2, 1));
            change.complete();
            change.end(200);

            assertThat(end(client, "one")).isEqualTo("whole");
            assertThat(client.gaps()).isEmpty();
            assertThat(ends(client, "one")).hasSize(1);
        }
    }

    @Test
    @Tag("I6")
    void aSuccessorThatDiesInBetweenCostsOnlyWhatItHadAdopted() throws Exception {
        model.next(ModelScript.words(20, 25), ModelScript.text("after"));
        GatewayAssembly one = first();
        List<GatewayClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                clients.add(GatewayClient.connect(url, TOKEN));
            }
            say(clients.getFirst(), "one");
            var change = new Change(one, start(2, 1));
            Wait.until("a batch is offered", () -> change.isOffered());
            change.successorsEnd.shutdown();
            assertThatThrownBy(change.run::get).hasRootCauseInstanceOf(IOException.class);
            change.takeBack();

            for (GatewayClient client : clients) {
                assertThat(generation(client)).isEqualTo(1);
            }
            assertThat(end(clients.getFirst(), "one")).contains("w20");
            say(clients.getFirst(), "two");
            assertThat(end(clients.getFirst(), "two")).isEqualTo("after");
            assertThat(clients).allSatisfy(client -> assertThat(client.gaps()).isEmpty());
        } finally {
            clients.forEach(GatewayClient::close);
        }
    }

    @Test
    @Tag("I3")
    void aSuccessorThatTakesNothingIsNotWaitedForLong() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            var change = new Change(one, start(2, 1));

            assertThatThrownBy(() -> change.run.get(5, TimeUnit.SECONDS))
                    .hasMessageContaining("the successor did not take batch 1 of connections");
            change.takeBack();

            assertThat(generation(client)).isEqualTo(1);
        }
    }

    @Test
    @Tag("I8")
    void aLeaseThatASuccessorTookBeforeItDiedIsTakenBack() throws Exception {
        model.next(ModelScript.words(40, 25), ModelScript.text("after"));
        GatewayAssembly one = first();
        long before;
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            say(client, "one");
            var _ = model.awaitRequest(1);
            before = epoch(client);
        }
        GatewayAssembly two = start(2, 1);
        var change = new Change(one, two);
        Epoch taken = two.enter(change.successor.adopt(), change.successor);
        change.successorsEnd.shutdown();
        assertThatThrownBy(change.run::get).hasRootCauseInstanceOf(IOException.class);
        two.stop(0, 0);
        assemblies.remove(two);
        change.takeBack();

        assertThat(taken.value()).isGreaterThan(before);
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            assertThat(epoch(client)).isGreaterThan(taken.value());
            // The turn began under the first epoch; it was not begun again by anybody.
            assertThat(end(client, "one")).contains("w40");
            say(client, "two");
            assertThat(end(client, "two")).isEqualTo("after");
            assertThat(model.requests()).hasSize(2);
        }
    }

    @Test
    @Tag("I6")
    void aSuccessorThatIsEndedAfterItSaidThatItServesWasNeverThere() throws Exception {
        model.next(ModelScript.text("after"));
        GatewayAssembly one = first();
        GatewayAssembly two = start(2, 1);
        var change = new Change(one, two);
        Epoch taken = two.enter(change.successor.adopt(), change.successor);
        change.successor.serve(taken.value());
        assertThat(change.run.get()).isZero();
        two.stop(0, 0);
        assemblies.remove(two);
        change.takeBack();

        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            assertThat(generation(client)).isEqualTo(1);
            say(client, "one");
            assertThat(end(client, "one")).isEqualTo("after");
        }
    }

    @Test
    @Tag("I18")
    void aRunThatGoesOnInThePredecessorCanBeStopped() throws Exception {
        model.next(ModelScript.silenceAfter(3));
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            say(client, "one");
            var _ = model.awaitRequest(1);
            var change = new Change(one, start(2, 1));
            change.complete();
            JsonNode _ = client.call("chat.abort", "{\"sessionKey\":\"main\"}");
            change.end(10_000);

            Wait.until(
                    "the run is aborted",
                    () ->
                            chat(client)
                                    .anyMatch(
                                            chat ->
                                                    chat.path("state")
                                                            .asString("")
                                                            .equals("aborted")));
            assertThat(client.gaps()).isEmpty();
        }
    }

    @Test
    void aPredecessorThatIsNotUnderstoodIsRefusedWithoutHarm() throws Exception {
        GatewayAssembly one = first();
        PacketSocket.Pair pair = PacketSocket.pair();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN);
                var stranger = new PeerSocket(pair.first())) {
            Successor successor = start(2, 1).takeOver(world, new PeerSocket(pair.second()));
            stranger.send(new byte[] {99});

            assertThatThrownBy(successor::adopt)
                    .isInstanceOf(IOException.class)
                    .hasMessage("The other generation sent a message of kind 99");
            assertThat(generation(client)).isEqualTo(1);
            assertThat(one.running()).isZero();
        }
    }

    private static long epoch(GatewayClient client) {
        return client.call("status").path("gateway").path("epoch").asLong();
    }

    private static int generation(GatewayClient client) {
        return client.call("status").path("gateway").path("generation").asInt();
    }

    private static void say(GatewayClient client, String text) {
        JsonNode _ = client.call("chat.send", message(text));
    }

    private static JsonNode message(String text) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("sessionKey", "main")
                .put("message", text)
                .put("idempotencyKey", text);
    }

    /** What was said in the end. */
    private static String end(GatewayClient client, String runId) {
        Wait.until(() -> runId + " ends; " + client.seen(), () -> !ends(client, runId).isEmpty());
        return ends(client, runId)
                .getFirst()
                .path("message")
                .path("content")
                .path(0)
                .path("text")
                .asString("");
    }

    private static List<JsonNode> ends(GatewayClient client, String runId) {
        return chat(client)
                .filter(chat -> chat.path("runId").asString("").equals(runId))
                .filter(chat -> chat.path("state").asString("").equals("final"))
                .toList();
    }

    private static long replaced(GatewayClient client) {
        return chat(client).filter(chat -> chat.path("replace").asBoolean(false)).count();
    }

    private static Stream<JsonNode> chat(GatewayClient client) {
        return client.seen().stream()
                .filter(frame -> frame.path("event").asString("").equals("chat"))
                .map(frame -> frame.path("payload"));
    }
}
