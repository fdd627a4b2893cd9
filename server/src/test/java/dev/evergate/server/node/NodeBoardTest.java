package dev.evergate.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Node.Offer;
import dev.evergate.server.node.NodeBoard.Asker;
import dev.evergate.server.node.NodeBoard.Receipt;
import dev.evergate.server.transit.FrozenSession.Duty;
import dev.evergate.server.transit.FrozenSession.Errand;
import dev.evergate.server.wire.Json;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class NodeBoardTest {
    private static final Offer OFFER = new Offer(List.of(), List.of("a.one"));
    private static final Outcome.Done SEVEN = new Outcome.Done("7", "");

    private final SimWorld world = new SimWorld(1);
    private final NodeBoard board = new NodeBoard(world);
    private final List<String> sent = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    private final NodeBoard.Line line =
            new NodeBoard.Line() {
                @Override
                public void run(Runnable task) {
                    task.run();
                }

                @Override
                public void send(String event, Json.Body payload) {
                    byte[] text = new Json().encode(payload);
                    sent.add(event + " " + new String(text, StandardCharsets.UTF_8));
                }
            };

    private Asker asker(String name) {
        return new Asker() {
            @Override
            public void told(Outcome outcome) {
                told.add(
                        name
                                + " "
                                + switch (outcome) {
                                    case Outcome.Done done -> done.payload();
                                    case Outcome.Failed failed -> failed.code();
                                });
            }

            @Override
            public void nodeMoved() {
                told.add(name + " moved");
            }

            @Override
            public void turnedAway() {
                told.add(name + " turned away");
            }
        };
    }

    private static dev.evergate.server.node.Errand.Request request(String key) {
        return new dev.evergate.server.node.Errand.Request("n", "a.one", key, "", 1000, "");
    }

    private String errand(String key) {
        return board.duty("c").map(Duty::errands).orElse(List.of()).stream()
                .filter(errand -> errand.key().equals(key))
                .map(Errand::id)
                .findFirst()
                .orElse("");
    }

    @Test
    void aNodeThatIsExpectedIsWaitedFor() {
        board.ask(request("k"), asker("a"));
        assertThat(told).isEmpty();

        board.joined("n", "c", line, OFFER);

        assertThat(sent).singleElement().asString().startsWith("node.invoke.request");
        board.whole();
        assertThat(told).isEmpty();
        assertThat(board.brought("n", "c", errand("k"), SEVEN)).isEqualTo(Receipt.TAKEN);
        assertThat(told).containsExactly("a 7");
    }

    @Test
    void aNodeThatDoesNotComeIsNotWaitedForAnyLonger() {
        board.ask(request("k"), asker("a"));

        board.whole();

        assertThat(told).containsExactly("a NOT_CONNECTED");
        board.ask(request("k"), asker("b"));
        assertThat(told).containsExactly("a NOT_CONNECTED", "b NOT_CONNECTED");
    }

    @Test
    void whatANodeOwesIsNotAskedAgainWhereItArrives() {
        board.arrived(
                "n", "c", line, OFFER, new Duty(5, List.of(new Errand("i", "a.one", "k", 9))));
        assertThat(board.brought("n", "c", "i", SEVEN)).isEqualTo(Receipt.TAKEN);

        board.ask(request("k"), asker("late"));

        assertThat(sent).isEmpty();
        assertThat(told).containsExactly("late 7");
        assertThat(board.present("n").map(NodeBoard.Present::sinceMs)).isEqualTo(Optional.of(5L));
    }

    @Test
    void whatIsBroughtWhileTheNodeMovesIsForTheOtherServer() {
        board.joined("n", "c", line, OFFER);
        board.ask(request("k"), asker("a"));
        String id = errand("k");
        board.frozen("c");

        assertThat(board.brought("n", "c", id, SEVEN)).isEqualTo(Receipt.ELSEWHERE);
        board.ask(request("k2"), asker("b"));
        assertThat(sent).as("a node on its way is sent for nothing").hasSize(1);
        assertThat(errand("k2")).isEmpty();
        board.moved("c");

        assertThat(told).containsExactlyInAnyOrder("a moved", "b moved");
    }

    @Test
    void aNodeThatComesBackIsSentForWhatWasAskedMeanwhile() {
        board.joined("n", "c", line, OFFER);
        board.frozen("c");
        board.ask(request("k"), asker("a"));

        board.thawed("c");

        assertThat(sent).hasSize(1);
        assertThat(errand("k")).isNotEmpty();
    }

    @Test
    void aNodeThatReconnectsLosesWhatItsFormerConnectionWasSentFor() {
        board.whole();
        board.joined("n", "c0", line, OFFER);
        board.ask(request("k"), asker("a"));
        board.joined("n", "c", line, OFFER);

        board.left("c0");

        assertThat(told).containsExactly("a NOT_CONNECTED");
        assertThat(board.present("n")).isPresent();
    }

    @Test
    void timeIsNotForEver() {
        board.joined("n", "c", line, OFFER);
        board.ask(request("k"), asker("a"));

        world.advance(999);
        assertThat(told).isEmpty();
        world.advance(1);

        assertThat(told).containsExactly("a TIMEOUT");
        assertThat(sent.getLast()).startsWith("node.invoke.cancel");
        board.ask(request("k"), asker("a"));
        assertThat(sent.getLast()).as("asked anew").startsWith("node.invoke.request");
    }

    @Test
    void onlySoMuchIsAskedForAtATime() {
        board.joined("n", "c", line, OFFER);
        for (int i = 0; i < 1000; i++) {
            board.ask(request("k" + i), asker("a"));
        }

        board.ask(request("one more"), asker("b"));

        assertThat(told).containsExactly("b turned away");
        assertThat(board.duty("c").orElseThrow().errands()).hasSize(1000);
    }

    @Test
    void forgetsWhatWasBroughtAfterFiveMinutes() {
        board.joined("n", "c", line, OFFER);
        board.ask(request("k"), asker("a"));
        Receipt _ = board.brought("n", "c", errand("k"), SEVEN);

        world.advance(299_000);
        board.ask(request("k"), asker("b"));
        assertThat(told).containsExactly("a 7", "b 7");
        world.advance(2_000);
        board.ask(request("k"), asker("c"));

        assertThat(sent).hasSize(2);
    }
}
