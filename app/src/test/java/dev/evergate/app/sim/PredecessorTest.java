package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.Sent;
import dev.evergate.core.gateway.LiveGateway.Load;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimWorld;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a gateway does while it hands over, and when that comes to nothing. */
@Tag("sim")
class PredecessorTest {
    private final SimWorld world = new SimWorld(1);
    private final MemoryDisk disk = new MemoryDisk();
    private final MemoryJournal journal = new MemoryJournal(disk);
    private final List<String> named = new ArrayList<>();

    @Test
    void startsNothingInAPauseButLetsRunningTurnsEnd() {
        SimGeneration old = generation(1).entered();
        old.send("a", "running");

        assertThat(old.gateway.pause()).extracting(ActiveRun::userText).containsExactly("running");

        assertThat(old.send("a", "behind it")).isInstanceOf(Sent.Started.class);
        old.send("b", "elsewhere");
        old.send("b", "/status");
        old.release("running");
        world.advance(5_000);
        assertThat(old.ends()).containsExactly("running: on running.");
        assertThat(old.runs("a")).containsExactly(List.of(), List.of("behind it"));
        assertThat(old.runs("b")).containsExactly(List.of(), List.of("elsewhere", "/status"));
        assertThat(old.gateway.load()).isEqualTo(new Load(0, 3));
        assertThat(old.gateway.pause()).isEmpty();
    }

    @Test
    @Tag("I22")
    void startsWhatWaitedWhenTheHandOverComesToNothing() {
        SimGeneration old = generation(1).entered();
        for (int i = 1; i <= 3; i++) {
            old.gateway.pause();
            old.send("a", "first " + i);
            old.send("a", "second " + i);
            old.send("b", "/whoami");

            old.gateway.goOn(old.lease());
            world.settle();

            assertThat(old.runs("a"))
                    .containsExactly(List.of("first " + i), List.of("second " + i));
            old.release("first " + i);
            old.release("second " + i);
            assertThat(old.runs("a")).containsExactly(List.of(), List.of());
        }
        assertThat(old.ends()).filteredOn(end -> end.startsWith("/whoami")).hasSize(1);
        assertThat(old.model.asked)
                .containsExactly(
                        "first 1", "second 1", "first 2", "second 2", "first 3", "second 3");
    }

    @Test
    @Tag("I8")
    void keepsTheEpochThatATurnBeganWith() {
        SimGeneration old = generation(1).entered();
        old.send("a", "running");
        old.gateway.pause();

        old.gateway.goOn(old.lease()); // the successor had taken the lease before it died
        old.send("b", "later");

        old.release("running");
        old.release("later");
        assertThat(old.ends()).containsExactly("running: on running.", "later: on later.");
        assertThat(journal.inbox().pending()).isEmpty();
    }

    @Test
    @Tag("I18")
    @Tag("I22")
    void takesUpInOrderWhatADeadSuccessorHasAccepted() {
        SimGeneration old = generation(1).entered();
        old.gateway.pause();
        SimGeneration next = generation(2);
        next.send("a", "there");
        old.send("a", "here");
        next.send("b", "/whoami");
        next.life.kill();

        old.gateway.goOn(old.lease());
        world.settle();

        assertThat(old.runs("a")).containsExactly(List.of("there"), List.of("here"));
        assertThat(old.ends()).hasSize(1).first().asString().startsWith("/whoami: You are");
    }

    @Test
    void putsBackWhatDoesNotBeginInTime() {
        var slow = new SlowBeginnings(journal.turns(), world, () -> 0);
        var old = new SimGeneration(world, slow.in(journal), 1).entered();
        slow.hold();
        old.send("a", "stuck");
        long before = world.time().nanos();

        assertThat(old.gateway.pause()).isEmpty();

        assertThat(world.time().nanos() - before).isBetween(500_000_000L, 600_000_000L);
        assertThat(old.runs("a")).containsExactly(List.of(), List.of("stuck"));
        slow.letGo(); // it begins, too late to be this generation's for sure
        world.advance(1_000);
        assertThat(old.model.asked).isEmpty();
        old.gateway.goOn(old.lease());
        world.settle();
        old.release("stuck");
        assertThat(old.ends()).containsExactly("stuck: on stuck.");
        assertThat(old.rows("a")).containsExactly("stuck", "on stuck.");
    }

    @Test
    void leavesWhatWaitsAndNamesIt() {
        SimGeneration old = generation(1).entered();
        old.send("a", "running");
        old.send("a", "waiting");
        var running = old.end("running");
        var waiting = old.end("waiting");
        old.gateway.pause();
        old.send("b", "/status");

        old.gateway.leaveTo(named::add);

        assertThat(named).containsExactly("run-waiting", "run-/status");
        assertThat(old.gateway.load()).isEqualTo(new Load(1, 0));
        assertThat(old.runs("a")).containsExactly(List.of("running"), List.of());
        assertRetryable(waiting::join);
        assertRetryable(old.end("waiting")::join);
        old.release("running");
        assertThat(running).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(pending()).containsExactly("run-waiting", "run-/status");
    }

    @Test
    @Tag("I17")
    void acceptsAndNamesWhatComesAfterItHasLeft() {
        SimGeneration old = left();

        assertThat(old.send("a", "late")).isInstanceOf(Sent.Started.class);
        assertThat(old.send("a", "late")).isInstanceOf(Sent.InFlight.class);

        assertThat(named).containsExactly("run-late");
        assertThat(pending()).containsExactly("run-late");
        assertThat(old.gateway.load()).isEqualTo(new Load(0, 0));
    }

    @Test
    void writesNothingElseAfterItHasLeft() {
        SimGeneration old = left();

        assertRetryable(() -> old.gateway.conversations().create("x", "", SessionDetails.NONE));
        assertRetryable(() -> old.gateway.resetSession("x"));
        assertRetryable(() -> old.gateway.deleteSession("x"));
        assertRetryable(() -> old.gateway.systemEvent("x"));
    }

    @Test
    void saysThatAWriteIsToBeRepeatedWhenTheLeaseIsGoneAlready() {
        SimGeneration old = generation(1).entered();
        old.gateway.pause();
        Epoch _ = generation(2).lease();

        assertRetryable(() -> old.gateway.conversations().create("x", "", SessionDetails.NONE));
    }

    @Test
    void leavesItToOthersToStopWhatWaitsInAPause() {
        SimGeneration old = generation(1).entered();
        old.send("a", "running");
        old.send("a", "waiting");
        old.gateway.pause();

        assertRetryable(() -> old.gateway.abort("a", Optional.empty()));
        assertThat(old.gateway.abort("a", Optional.of("run-running")))
                .containsExactly("run-running");
        world.settle();

        assertThat(old.ends()).containsExactly("running: on ");
        assertThat(old.runs("a")).containsExactly(List.of(), List.of("waiting"));
    }

    @Test
    void stopsATurnThatItsSuccessorWantsStopped() {
        SimGeneration old = generation(1).entered();
        old.send("a", "running");

        old.gateway.stop("run-running");
        old.gateway.stop("run-nothing");
        world.settle();

        assertThat(turn("running").state()).isEqualTo(Turn.State.ABORTED);
    }

    @Test
    void checkpointsWhatDoesNotEndInTheDrain() {
        SimGeneration old = generation(1).entered();
        old.send("a", "ends");
        old.send("b", "does not end");
        var unfinished = old.end("does not end");
        old.gateway.pause();
        old.gateway.leaveTo(named::add);
        world.timers().after(300, () -> old.model.release("ends"));

        old.gateway.drain(world.time().deadlineIn(2_000));

        assertThat(old.ends()).containsExactly("ends: on ends.");
        assertThat(turn("does not end").partialText()).isEqualTo("on ");
        assertThat(turn("does not end").state()).isEqualTo(Turn.State.RUNNING);
        assertRetryable(unfinished::join);
        assertRetryable(() -> old.send("a", "too late"));
        assertThat(pending()).containsExactly("run-does not end");
    }

    @Test
    void waitsInADrainForNothingThatCannotStart() {
        SimGeneration old = generation(1).entered();
        old.gateway.pause();
        old.send("a", "waiting");
        long before = world.time().nanos();

        old.gateway.drain(world.time().deadlineIn(60_000));

        assertThat(world.time().nanos() - before).isLessThan(1_000_000_000L);
    }

    @Test
    @Tag("I8")
    void givesUpSilentlyWhatAnotherGenerationHasBegunAgain() {
        SimGeneration old = generation(1).entered();
        old.send("a", "fenced");
        SimGeneration next = generation(2).entered(); // it took the old one for dead
        world.settle();

        old.release("fenced");

        assertThat(old.ends()).isEmpty();
        next.release("fenced");
        assertThat(next.ends()).containsExactly("fenced: on fenced.");
        assertThat(next.rows("a")).containsExactly("fenced", "on fenced.");
    }

    @Test
    void tellsTheEndOfATurnThatADeadSuccessorHasReached() {
        SimGeneration old = generation(1).entered();
        old.gateway.pause();
        old.send("a", "ended there");
        var end = old.end("ended there");
        SimGeneration next = generation(2).entered();
        world.settle();
        next.release("ended there");
        next.life.kill();

        old.gateway.goOn(old.lease());
        world.settle();

        assertThat(old.ends()).containsExactly("ended there: on ended there.");
        assertThat(end.join().orElseThrow().text()).isEqualTo("on ended there.");
        assertThat(old.rows("a")).containsExactly("ended there", "on ended there.");
        assertThat(old.runs("a")).containsExactly(List.of(), List.of());
    }

    private SimGeneration generation(int number) {
        return new SimGeneration(world, journal, number);
    }

    private SimGeneration left() {
        SimGeneration old = generation(1).entered();
        old.gateway.pause();
        old.gateway.leaveTo(named::add);
        return old;
    }

    private Turn turn(String text) {
        return journal.turns().find("run-" + text).orElseThrow();
    }

    private List<String> pending() {
        return journal.inbox().pending().stream()
                .map(AcceptedMessage::message)
                .map(message -> message.runId())
                .toList();
    }

    static void assertRetryable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(
                        thrown ->
                                assertThat(
                                                thrown instanceof EvergateException
                                                        ? thrown
                                                        : thrown.getCause())
                                        .isInstanceOfSatisfying(
                                                EvergateException.class,
                                                e ->
                                                        assertThat(e.code())
                                                                .isEqualTo(ErrorCode.UNAVAILABLE)))
                .hasMessageContaining("gateway restarting");
    }
}
