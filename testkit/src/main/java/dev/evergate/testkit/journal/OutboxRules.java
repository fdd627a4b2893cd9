package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.JournalContract.assertRefused;
import static dev.evergate.testkit.journal.Samples.NOW_MS;
import static dev.evergate.testkit.journal.Samples.accepted;
import static dev.evergate.testkit.journal.Samples.beginning;
import static dev.evergate.testkit.journal.Samples.delivery;
import static dev.evergate.testkit.journal.Samples.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Outbox.Delivery;
import dev.evergate.core.journal.Outbox.State;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal.Ending;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

/** The rules of {@link Outbox}. */
@Tag("I21")
abstract class OutboxRules {
    private Epoch epoch = new Epoch(1);

    abstract JournalContract fixture();

    @BeforeEach
    void takeTheLease() {
        epoch = fixture().takeLease(1);
    }

    @Test
    void keepsWhatATurnLeftAcrossLives() {
        finishWith("k1", "d1");
        fixture().reopen();

        assertThat(outbox().due(NOW_MS + 10, 10))
                .containsExactly(
                        new Delivery(delivery("d1"), "k1", State.PENDING, 0, NOW_MS + 2, ""));
    }

    @Test
    void givesTheOldestFirstAndNoMoreThanAsked() {
        finishWith("k1", "d2", "d1");
        finishWith("k2", "d0");

        assertThat(ids(outbox().due(NOW_MS + 10, 10))).containsExactly("d2", "d1", "d0");
        assertThat(ids(outbox().due(NOW_MS + 10, 2))).containsExactly("d2", "d1");
    }

    @Test
    void holdsBackWhatIsNotDueYet() {
        finishWith("k1", "d1", "d2");

        outbox().mark(epoch, "d1", State.PENDING, "429", NOW_MS + 1_000);

        assertThat(ids(outbox().due(NOW_MS + 999, 10))).containsExactly("d2");
        assertThat(ids(outbox().due(NOW_MS + 1_000, 10))).containsExactly("d1", "d2");
    }

    @Test
    void bringsWhatIsInDoubtBackWhenItsTimeComes() {
        finishWith("k1", "d1", "d2");
        outbox().mark(epoch, "d1", State.SENDING, "", NOW_MS + 100);
        outbox().mark(epoch, "d2", State.UNKNOWN, "answer lost", NOW_MS + 200);
        fixture().reopen();

        assertThat(outbox().due(NOW_MS + 99, 10)).isEmpty();
        assertThat(outbox().due(NOW_MS + 200, 10))
                .extracting(Delivery::state)
                .containsExactly(State.SENDING, State.UNKNOWN);
    }

    @Test
    void forgetsWhatWasSentOrGivenUp() {
        finishWith("k1", "d1", "d2");

        outbox().mark(epoch, "d1", State.SENT, "platform-id", 0);
        outbox().mark(epoch, "d2", State.DEAD, "blocked", 0);

        assertThat(outbox().due(Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void countsAttemptsAndKeepsTheReceipt() {
        finishWith("k1", "d1");

        outbox().mark(epoch, "d1", State.SENDING, "", 0);
        outbox().mark(epoch, "d1", State.PENDING, "reset", 0);
        outbox().mark(epoch, "d1", State.SENDING, "", 0);
        outbox().mark(epoch, "d1", State.UNKNOWN, "answer lost", 0);

        assertThat(outbox().due(NOW_MS, 10))
                .containsExactly(
                        new Delivery(delivery("d1"), "k1", State.UNKNOWN, 2, 0, "answer lost"));
    }

    @Test
    @Tag("I8")
    void refusesAnOlderEpoch() {
        finishWith("k1", "d1");
        fixture().takeLease(2);

        assertRefused(
                ErrorCode.FENCED, () -> outbox().mark(epoch, "d1", State.SENT, "platform-id", 0));

        assertThat(ids(outbox().due(NOW_MS + 10, 10))).containsExactly("d1");
    }

    @Test
    void saysThatADeliveryDoesNotExist() {
        assertRefused(ErrorCode.NOT_FOUND, () -> outbox().mark(epoch, "none", State.SENT, "", 0));
    }

    private void finishWith(String runId, String... deliveries) {
        var journal = fixture().journal();
        var accepted = accepted(journal.inbox().accept(message(runId, "agent:main:main")));
        journal.turns().begin(epoch, beginning(accepted, "window-1"));
        journal.turns()
                .finish(
                        epoch,
                        new Ending(
                                runId,
                                Turn.State.DONE,
                                List.of(),
                                Stream.of(deliveries).map(Samples::delivery).toList(),
                                "",
                                NOW_MS + 2));
    }

    private static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.content().id()).toList();
    }

    private Outbox outbox() {
        return fixture().journal().outbox();
    }
}
