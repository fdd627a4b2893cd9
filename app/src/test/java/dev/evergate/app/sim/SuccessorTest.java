package dev.evergate.app.sim;

import static dev.evergate.app.sim.PredecessorTest.assertRetryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.Sent;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway.Load;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a gateway does before it has the lease, and while its predecessor ends its turns. */
@Tag("sim")
class SuccessorTest {
    private final SimWorld world = new SimWorld(1);
    private final MemoryDisk disk = new MemoryDisk();
    private final MemoryJournal journal = new MemoryJournal(disk);
    private SimGeneration old;
    private SimGeneration next;

    @BeforeEach
    void build() {
        old = new SimGeneration(world, journal, 1).entered();
        next = new SimGeneration(world, journal, 2);
    }

    // ---- before it enters ----------------------------------------------------------------------

    @Test
    @Tag("I17")
    void acceptsBeforeItEntersAndStartsNothing() {
        assertThat(next.send("a", "early")).isInstanceOf(Sent.Started.class);
        assertThat(next.send("a", "early")).isInstanceOf(Sent.InFlight.class);
        next.send("a", "/whoami");
        world.advance(10_000);

        assertThat(journal.inbox().pending()).hasSize(2);
        assertThat(next.runs("a")).containsExactly(List.of(), List.of("early", "/whoami"));
        assertThat(next.history("a").active())
                .extracting(ActiveRun::userText, ActiveRun::isWaiting)
                .containsExactly(tuple("early", true), tuple("/whoami", true));
        assertThat(next.events).isEmpty();

        next.entered();
        world.settle();
        next.release("early");
        assertThat(next.ends())
                .containsExactly(
                        "/whoami: You are somebody, in the conversation agent:main:a.",
                        "early: on early.");
    }

    @Test
    void letsOtherWritesWaitForTheLeaseASecondAtMost() {
        List<String> done = new ArrayList<>();
        next.life
                .tasks()
                .start(
                        "write",
                        () ->
                                done.add(
                                        next.gateway
                                                .conversations()
                                                .create("s", "", SessionDetails.NONE)
                                                .key()));
        world.advance(500);
        assertThat(done).isEmpty();

        next.entered();
        world.advance(10);

        assertThat(done).containsExactly("agent:main:s");
        SimGeneration third = new SimGeneration(world, journal, 3);
        long before = world.time().nanos();
        assertRetryable(() -> third.gateway.conversations().create("t", "", SessionDetails.NONE));
        assertRetryable(() -> third.gateway.systemEvent("t"));
        assertRetryable(() -> third.gateway.abort("a", Optional.empty()));
        assertThat(world.time().nanos() - before).isBetween(3_000_000_000L, 3_100_000_000L);
    }

    @Test
    @Tag("S12")
    void tellsAnEventOnceThoughItIsSentAgainToTheNextGeneration() {
        old.gateway.systemEvent("rain", "hook_1");
        old.gateway.systemEvent("rain", "hook_1");
        next.entered();
        next.gateway.systemEvent("rain", "hook_1");
        next.gateway.systemEvent("rain again", "hook_2");

        assertThat(next.rows("main")).containsExactly("rain", "rain again");
    }

    @Test
    void readsBeforeItEnters() {
        old.send("a", "answered");
        old.release("answered");
        next.listenTo(old);
        old.send("a", "running");
        old.send("a", "waiting");

        assertThat(next.rows("a")).containsExactly("answered", "on answered.", "running");
        assertThat(next.history("a").active())
                .extracting(ActiveRun::userText, ActiveRun::isWaiting, ActiveRun::text)
                .containsExactly(tuple("running", false, "on "), tuple("waiting", true, ""));
        assertThat(next.gateway.session("a")).isPresent();
        assertThat(next.end("answered").join()).isPresent();
    }

    @Test
    void knowsTheEndOfARunThatWasAskedForBeforeItEntered() {
        old.send("a", "running");
        var end = next.end("running");

        next.takeOverFrom(old);
        world.advance(10);
        old.release("running");

        assertThat(end.join().map(RunEnd::text)).contains("on running.");
        assertThat(next.end("never sent").join()).isEmpty();
    }

    // ---- taking over ---------------------------------------------------------------------------

    @Test
    @Tag("I22")
    void takesUpInOrderOfArrivalWhatEitherHasAccepted() {
        old.gateway.pause();
        old.send("a", "1");
        next.send("a", "2");
        old.send("a", "3");
        next.send("a", "4");
        old.send("a", "5");

        next.takeOverFrom(old);
        world.settle();

        assertThat(next.runs("a")).containsExactly(List.of("1"), List.of("2", "3", "4", "5"));
        List.of("1", "2", "3", "4", "5").forEach(next::release);
        assertThat(next.model.asked).containsExactly("1", "2", "3", "4", "5");
        assertThat(old.model.asked).isEmpty();
    }

    @Test
    @Tag("I22")
    void letsAConversationWaitForTheTurnThatRunsAbroad() {
        old.send("a", "abroad");
        old.send("a", "left");
        next.takeOverFrom(old);
        next.send("a", "new");
        next.send("b", "free");
        world.advance(5_000);

        assertThat(next.runs("a")).containsExactly(List.of("abroad"), List.of("left", "new"));
        assertThat(next.runs("b")).containsExactly(List.of("free"), List.of());

        old.release("abroad");

        assertThat(next.runs("a")).containsExactly(List.of("left"), List.of("new"));
        assertThat(next.ends()).containsExactly("abroad: on abroad.");
        next.release("left");
        next.release("new");
        assertThat(next.rows("a"))
                .containsExactly("abroad", "on abroad.", "left", "on left.", "new", "on new.");
        assertThat(journal.turns().find("run-abroad").orElseThrow().attempt()).isZero();
    }

    @Test
    void showsATurnAbroadAsItShowsItsOwn() {
        old.send("a", "abroad");
        next.takeOverFrom(old);
        var end = next.end("abroad");

        assertThat(next.send("a", "abroad")).isInstanceOf(Sent.InFlight.class);
        assertThat(next.history("a").active())
                .extracting(ActiveRun::userText, ActiveRun::isWaiting, ActiveRun::text)
                .containsExactly(tuple("abroad", false, "on "));
        assertThat(next.gateway.load()).isEqualTo(new Load(0, 0));
        assertThat(end).isNotDone();

        old.release("abroad");

        assertThat(end.join().map(RunEnd::text)).contains("on abroad.");
        assertThat(next.send("a", "abroad")).isInstanceOf(Sent.Ended.class);
        assertThat(next.history("a").active()).isEmpty();
        assertThat(next.events).endsWith(old.events.getLast()); // each once, as it came
        assertThat(next.events).doesNotHaveDuplicates();
    }

    @Test
    void knowsWhatATurnAbroadHasSaidSince() {
        next.listenTo(old);
        old.send("a", "abroad");
        List<ActiveRun> early = List.of(); // it began after they were listed

        next.gateway.enter(next.lease(), early, old.gateway::stop);

        assertThat(next.runs("a").getFirst()).hasSize(1);
        assertThat(next.gateway.activeRuns("agent:main:a").getFirst().text()).isEqualTo("on ");
        old.release("abroad");
        assertThat(next.runs("a")).containsExactly(List.of(), List.of());
    }

    @Test
    void countsOnlyItsOwnTurnsAgainstTheBound() {
        for (int i = 1; i <= 4; i++) {
            old.send("abroad-" + i, "abroad " + i); // as many as may run at once
        }
        next.takeOverFrom(old);

        for (int i = 1; i <= 5; i++) {
            next.send("own-" + i, "own " + i);
        }

        assertThat(next.gateway.load()).isEqualTo(new Load(4, 1));
    }

    @Test
    void hasATurnAbroadStopped() {
        old.send("a", "abroad");
        next.takeOverFrom(old);
        next.send("a", "waiting");

        assertThat(next.gateway.abort("a", Optional.empty()))
                .containsExactly("run-abroad", "run-waiting");
        world.settle();

        assertThat(next.ends()).containsExactlyInAnyOrder("abroad: on ", "waiting: ");
        assertThat(state("abroad")).isEqualTo(Turn.State.ABORTED);
        assertThat(state("waiting")).isEqualTo(Turn.State.ABORTED);
    }

    @Test
    void leavesOutOfTheListWhatHasEndedMeanwhile() {
        old.send("a", "ends");
        next.listenTo(old);
        List<ActiveRun> stale = old.gateway.pause();
        old.release("ends");

        next.gateway.enter(next.lease(), stale, old.gateway::stop);
        next.send("a", "free");

        assertThat(next.runs("a")).containsExactly(List.of("free"), List.of());
    }

    @Test
    @Tag("I22")
    void putsAMessageThatWasNotNamedYetBeforeOneThatCameLater() {
        next.takeOverFrom(old);
        old.gateway.leaveTo(_ -> {}); // what it names is still on the way
        old.send("a", "before");

        next.send("a", "after");

        assertThat(next.runs("a")).containsExactly(List.of("before"), List.of("after"));
        next.gateway.accepted("run-before");
        next.gateway.predecessorGone();
        world.settle();
        next.release("before");
        next.release("after");
        assertThat(next.rows("a")).containsExactly("before", "on before.", "after", "on after.");
    }

    @Test
    void takesUpWhatIsNamed() {
        next.takeOverFrom(old);

        old.send("a", "late");

        assertThat(next.runs("a")).containsExactly(List.of("late"), List.of());
    }

    // ---- when the predecessor is gone ----------------------------------------------------------

    @Test
    @Tag("I18")
    void beginsAgainWhatThePredecessorDidNotEnd() {
        old.send("a", "abroad");
        old.send("b", "also abroad");
        next.takeOverFrom(old);
        next.send("a", "behind it");
        var end = next.end("abroad");
        old.life.kill();

        next.gateway.predecessorGone();
        next.gateway.predecessorGone();
        world.settle();

        assertThat(next.runs("a")).containsExactly(List.of("abroad"), List.of("behind it"));
        assertThat(next.gateway.load()).isEqualTo(new Load(2, 1));
        next.release("abroad");
        next.release("also abroad");
        next.release("behind it");
        assertThat(end.join().map(RunEnd::text)).contains("on abroad.");
        assertThat(next.rows("a"))
                .containsExactly("abroad", "on abroad.", "behind it", "on behind it.");
        assertThat(journal.turns().find("run-abroad").orElseThrow().attempt()).isOne();
        assertThat(next.events)
                .filteredOn(GatewayEvent.RunText.class::isInstance)
                .extracting(GatewayEvent.RunText.class::cast)
                .filteredOn(text -> text.run().runId().equals("run-abroad"))
                .extracting(GatewayEvent.RunText::replace, GatewayEvent.RunText::delta)
                .containsExactly(tuple(true, "on "), tuple(false, "abroad."));
    }

    @Test
    void hearsNothingOfARunThatItHasBegunAgain() {
        old.send("a", "abroad");
        next.takeOverFrom(old);
        next.gateway.predecessorGone(); // it lives, stopped, and wakes up
        world.settle();

        old.release("abroad");

        assertThat(next.ends()).isEmpty();
        next.release("abroad");
        assertThat(next.ends()).containsExactly("abroad: on abroad.");
        assertThat(next.rows("a")).containsExactly("abroad", "on abroad.");
    }

    @Test
    @Tag("I18")
    void tellsAnEndThatThePredecessorReachedButDidNotTell() {
        old.send("a", "abroad");
        List<ActiveRun> abroad = old.gateway.pause();
        next.gateway.enter(next.lease(), abroad, _ -> {});
        next.send("a", "behind it");
        var end = next.end("abroad");
        old.release("abroad"); // nobody listens
        old.life.kill();

        next.gateway.predecessorGone();
        next.gateway.predecessorGone();
        world.settle();

        assertThat(next.ends()).containsExactly("abroad: on abroad.");
        assertThat(end.join().map(RunEnd::text)).contains("on abroad.");
        assertThat(next.events)
                .filteredOn(GatewayEvent.MessageAdded.class::isInstance)
                .extracting(event -> ((GatewayEvent.MessageAdded) event).row().text())
                .containsExactly("on abroad.", "behind it");
        assertThat(next.runs("a")).containsExactly(List.of("behind it"), List.of());
    }

    @Test
    void doesNotBeginAgainWhatSomebodyWantedStopped() {
        old.send("a", "abroad");
        List<ActiveRun> abroad = old.gateway.pause();
        next.gateway.enter(next.lease(), abroad, _ -> {}); // it does not hear
        next.gateway.abort("a", Optional.empty());
        world.settle();
        old.life.kill();

        next.gateway.predecessorGone();
        world.settle();

        assertThat(next.model.asked).isEmpty();
        assertThat(state("abroad")).isEqualTo(Turn.State.ABORTED);
    }

    @Test
    void beginsAgainACommandWithoutHoldingUpItsConversation() {
        var slow = new SlowBeginnings(journal.turns(), world, () -> 0);
        old = new SimGeneration(world, slow.in(journal), 1).entered();
        next.listenTo(old);
        var command =
                new GatewayEvent.RunStarted(
                        new GatewayEvent.Run("run-/whoami", "agent:main:a", "s", "main"), 1, 1, 1);
        slow.hold();
        old.send("a", "/whoami");
        next.gateway.hear(command);
        old.life.kill();

        next.entered();
        next.send("a", "free");

        assertThat(next.ends()).hasSize(1).first().asString().startsWith("/whoami: You are");
        assertThat(next.runs("a")).containsExactly(List.of("free"), List.of());
    }

    @Test
    @Tag("I18")
    void goesOnAloneWhenThePredecessorDiesBeforeItHasNamedItsTurns() {
        old.send("a", "unended");
        next.listenTo(old);
        old.send("b", "heard of");
        old.life.kill();

        next.entered();
        world.settle();

        assertThat(next.runs("a")).containsExactly(List.of("unended"), List.of());
        assertThat(next.runs("b")).containsExactly(List.of("heard of"), List.of());
    }

    @Test
    void answersNobodyWhenItRefuses() {
        old.send("a", "abroad");
        old.send("a", "waiting");
        next.gateway.refuse("safe mode");
        next.takeOverFrom(old);
        world.settle();

        next.gateway.predecessorGone();
        world.settle();

        assertThat(next.model.asked).isEmpty();
        assertThat(next.gateway.conversations().create("s", "", SessionDetails.NONE).key())
                .isEqualTo("agent:main:s");
        assertThat(journal.inbox().pending()).hasSize(2);
    }

    @Test
    void isAPredecessorInItsTurn() {
        old.send("a", "1");
        next.takeOverFrom(old);
        old.release("1");
        next.gateway.predecessorGone();
        next.send("a", "2");
        next.send("a", "3");
        SimGeneration third = new SimGeneration(world, journal, 3);

        third.takeOverFrom(next);
        next.release("2");
        world.settle();
        third.release("3");

        assertThat(third.ends()).containsExactly("2: on 2.", "3: on 3.");
        assertThat(third.rows("a")).containsExactly("1", "on 1.", "2", "on 2.", "3", "on 3.");
    }

    private Turn.State state(String text) {
        return journal.turns().find("run-" + text).orElseThrow().state();
    }
}
