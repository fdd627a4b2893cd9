package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.JournalContract.assertRefused;
import static dev.evergate.testkit.journal.Samples.NOW_MS;
import static dev.evergate.testkit.journal.Samples.accepted;
import static dev.evergate.testkit.journal.Samples.beginning;
import static dev.evergate.testkit.journal.Samples.delivery;
import static dev.evergate.testkit.journal.Samples.done;
import static dev.evergate.testkit.journal.Samples.message;
import static dev.evergate.testkit.journal.Samples.notice;
import static dev.evergate.testkit.journal.Samples.reply;
import static dev.evergate.testkit.journal.Samples.session;
import static dev.evergate.testkit.journal.Samples.texts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.core.journal.TurnJournal.Begun;
import dev.evergate.core.journal.TurnJournal.Ending;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;

/** The rules of {@link TurnJournal}. */
abstract class TurnRules {
    private static final String KEY = "agent:main:main";

    private Epoch epoch = new Epoch(1);

    abstract JournalContract fixture();

    @BeforeEach
    void takeTheLease() {
        epoch = fixture().takeLease(1);
    }

    @Test
    void beginsWithASessionATurnAndTheRowOfTheMessage() {
        AcceptedMessage message = accept("k1");

        Begun begun = turns().begin(epoch, beginning(message, "window-1"));

        assertThat(begun.turn())
                .isEqualTo(
                        new Turn(
                                "k1",
                                "message-k1",
                                KEY,
                                "window-1",
                                Turn.State.RUNNING,
                                0,
                                "",
                                NOW_MS + 1,
                                0,
                                ""));
        assertThat(begun.session().sessionId()).isEqualTo("window-1");
        assertThat(begun.session().lastSeq()).isEqualTo(1);
        assertThat(begun.userRow().seq()).isEqualTo(1);
        assertThat(begun.userRow().role()).isEqualTo(TranscriptRow.Role.USER);
        assertThat(begun.userRow().runId()).isEqualTo("k1");
        assertThat(rows()).containsExactly(begun.userRow());
        assertThat(turns().find("k1")).contains(begun.turn());
    }

    @Test
    void usesTheSessionThatExists() {
        Session session = fixture().journal().sessions().create(epoch, session(KEY, "window-0"));

        Begun begun = turns().begin(epoch, beginning(accept("k1"), "window-1"));

        assertThat(begun.turn().sessionId()).isEqualTo(session.sessionId());
    }

    @Test
    void countsALaterAttemptWithoutAnotherRow() {
        AcceptedMessage message = accept("k1");
        Begun first = turns().begin(epoch, beginning(message, "window-1"));
        turns().checkpoint(epoch, "k1", "half an ans");
        fixture().reopen();
        Epoch next = fixture().takeLease(2);

        Begun second = turns().begin(next, beginning(message, "window-2"));

        assertThat(second.turn().attempt()).isEqualTo(1);
        assertThat(second.turn().partialText()).isEqualTo("half an ans");
        assertThat(second.turn().sessionId()).isEqualTo("window-1");
        assertThat(second.userRow()).isEqualTo(first.userRow());
        assertThat(rows()).containsExactly(first.userRow());
    }

    @Test
    void refusesToBeginAgainWhatHasEnded() {
        AcceptedMessage message = accept("k1");
        turns().begin(epoch, beginning(message, "window-1"));
        turns().finish(epoch, done("k1", "hello"));

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> turns().begin(epoch, beginning(message, "window-1")));

        assertThat(rows()).hasSize(2);
    }

    @Test
    @Tag("I21")
    @Tag("I32")
    void endsWithStateRowsDeliveriesAndFateInOneCommit() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));

        List<TranscriptRow> rows =
                turns().finish(
                                epoch,
                                new Ending(
                                        "k1",
                                        Turn.State.FAILED,
                                        List.of(reply("r1", "half"), notice("r2", "it broke")),
                                        List.of(delivery("d1")),
                                        "provider: 500",
                                        NOW_MS + 2));
        fixture().reopen();

        assertThat(rows).extracting(TranscriptRow::seq).containsExactly(2L, 3L);
        assertThat(rows().subList(1, 3)).isEqualTo(rows);
        Turn turn = turns().find("k1").orElseThrow();
        assertThat(turn.state()).isEqualTo(Turn.State.FAILED);
        assertThat(turn.endedAtMs()).isEqualTo(NOW_MS + 2);
        assertThat(turn.error()).isEqualTo("provider: 500");
        assertThat(fixture().journal().outbox().due(NOW_MS + 2, 10)).hasSize(1);
        assertThat(fixture().journal().inbox().pending()).isEmpty();
        assertThat(fixture().journal().inbox().findByRun("k1").orElseThrow().fate())
                .isEqualTo(Fate.FAILED);
    }

    @Test
    void tellsWhatAnEndedTurnSaid() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        assertThat(turns().reply("k1")).isEmpty();
        turns().finish(epoch, done("k1", "hello"));
        turns().begin(epoch, beginning(accept("k2"), "window-1"));
        turns().finish(epoch, new Ending("k2", Turn.State.DONE, List.of(), List.of(), "", NOW_MS));
        fixture().reopen();

        assertThat(turns().reply("k1").orElseThrow().text()).isEqualTo("hello");
        assertThat(turns().reply("k2")).isEmpty();
        assertThat(turns().reply("none")).isEmpty();
    }

    @Test
    @Tag("I21")
    @Tag("I32")
    void leavesNothingOfAnEndThatFails() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        Ending impossible =
                new Ending(
                        "k1",
                        Turn.State.DONE,
                        List.of(reply("r1", "hello")),
                        List.of(delivery("twice"), delivery("twice")),
                        "",
                        NOW_MS + 2);

        assertRefused(ErrorCode.INVALID_REQUEST, () -> turns().finish(epoch, impossible));

        assertThat(rows()).hasSize(1);
        assertThat(turns().find("k1").orElseThrow().state()).isEqualTo(Turn.State.RUNNING);
        assertThat(fixture().journal().outbox().due(Long.MAX_VALUE, 10)).isEmpty();
        assertThat(fixture().journal().inbox().pending()).hasSize(1);
        assertThat(turns().finish(epoch, done("k1", "hello"))).hasSize(1);
    }

    @Test
    void refusesToEndTwiceOrAsRunning() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        Ending running = new Ending("k1", Turn.State.RUNNING, List.of(), List.of(), "", NOW_MS);
        assertRefused(ErrorCode.INVALID_REQUEST, () -> turns().finish(epoch, running));
        turns().finish(epoch, done("k1", "hello"));

        Ending other =
                new Ending(
                        "k1",
                        Turn.State.DONE,
                        List.of(reply("other", "again")),
                        List.of(),
                        "",
                        NOW_MS + 2);
        assertRefused(ErrorCode.INVALID_REQUEST, () -> turns().finish(epoch, other));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> turns().checkpoint(epoch, "k1", "late"));

        assertThat(texts(rows())).containsExactly("say k1", "hello");
    }

    @Test
    void answersARepeatedEndingAsTheFirstTime() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        Ending ending =
                new Ending(
                        "k1",
                        Turn.State.FAILED,
                        List.of(reply("r1", "half"), notice("r2", "it broke")),
                        List.of(delivery("d1")),
                        "provider: 500",
                        NOW_MS + 2);
        List<TranscriptRow> rows = turns().finish(epoch, ending);
        fixture().journal().sessions().append(epoch, session(KEY, "w"), notice("n", "later"));

        assertThat(turns().finish(epoch, ending)).isEqualTo(rows);

        assertThat(rows()).hasSize(4);
        assertThat(fixture().journal().outbox().due(Long.MAX_VALUE, 10)).hasSize(1);
        Epoch other = fixture().takeLease(2);
        assertRefused(ErrorCode.FENCED, () -> turns().finish(other, ending));
    }

    @Test
    void saysThatATurnDoesNotExist() {
        assertThat(turns().find("none")).isEmpty();
        assertRefused(ErrorCode.NOT_FOUND, () -> turns().checkpoint(epoch, "none", "text"));
        assertRefused(ErrorCode.NOT_FOUND, () -> turns().finish(epoch, done("none", "text")));
    }

    @Test
    @Tag("I8")
    void beginsNothingForAnEpochThatHasPassed() {
        AcceptedMessage message = accept("k1");
        Epoch next = fixture().takeLease(2);

        assertRefused(ErrorCode.FENCED, () -> turns().begin(epoch, beginning(message, "window-1")));

        assertThat(turns().find("k1")).isEmpty();
        assertThat(fixture().journal().sessions().find(KEY)).isEmpty();
        fixture().journal().leases().release(next);
        assertRefused(ErrorCode.FENCED, () -> turns().begin(next, beginning(message, "window-1")));
    }

    @Test
    @Tag("I8")
    void letsATurnEndInTheGenerationThatBeganIt() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        fixture().takeLease(2);

        turns().checkpoint(epoch, "k1", "hel");
        turns().finish(epoch, done("k1", "hello"));

        assertThat(turns().find("k1").orElseThrow().state()).isEqualTo(Turn.State.DONE);
    }

    @Test
    @Tag("I8")
    void refusesTheOldGenerationOnceAnotherTookTheTurnUp() {
        AcceptedMessage message = accept("k1");
        turns().begin(epoch, beginning(message, "window-1"));
        Epoch next = fixture().takeLease(2);
        turns().begin(next, beginning(message, "window-1"));

        assertRefused(ErrorCode.FENCED, () -> turns().checkpoint(epoch, "k1", "stale"));
        assertRefused(ErrorCode.FENCED, () -> turns().finish(epoch, done("k1", "stale")));

        turns().finish(next, done("k1", "fresh"));
        assertThat(texts(rows())).containsExactly("say k1", "fresh");
    }

    @Test
    void endsInTheWindowItBeganInAfterAReset() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        var sessions = fixture().journal().sessions();
        sessions.reset(epoch, session(KEY, "window-2"));

        List<TranscriptRow> rows = turns().finish(epoch, done("k1", "hello"));

        assertThat(rows).extracting(TranscriptRow::sessionId).containsExactly("window-1");
        assertThat(texts(sessions.after("window-1", 0, 10))).containsExactly("say k1", "hello");
        assertThat(sessions.page(KEY, 10, 0).rows()).isEmpty();
        assertThat(sessions.find(KEY).orElseThrow().preview()).isEmpty();
    }

    @Test
    void endsWithoutRowsWhenItsConversationWasDeleted() {
        turns().begin(epoch, beginning(accept("k1"), "window-1"));
        fixture().journal().sessions().delete(epoch, KEY);

        assertThat(turns().finish(epoch, done("k1", "hello"))).isEmpty();

        assertThat(turns().find("k1").orElseThrow().state()).isEqualTo(Turn.State.DONE);
        assertThat(fixture().journal().inbox().pending()).isEmpty();
        assertThat(fixture().journal().sessions().find(KEY)).isEmpty();
    }

    @Test
    void takesAnInterruptedTurnOfADeletedConversationToANewOne() {
        AcceptedMessage message = accept("k1");
        turns().begin(epoch, beginning(message, "window-1"));
        fixture().journal().sessions().delete(epoch, KEY);

        Begun again = turns().begin(epoch, beginning(message, "window-2"));

        assertThat(again.turn().attempt()).isEqualTo(1);
        assertThat(again.turn().sessionId()).isEqualTo("window-2");
        turns().finish(epoch, done("k1", "hello"));
        assertThat(texts(rows())).containsExactly("say k1", "hello");
    }

    private AcceptedMessage accept(String key) {
        return accepted(fixture().journal().inbox().accept(message(key, KEY)));
    }

    private List<TranscriptRow> rows() {
        return fixture().journal().sessions().page(KEY, 100, 0).rows();
    }

    private TurnJournal turns() {
        return fixture().journal().turns();
    }
}
