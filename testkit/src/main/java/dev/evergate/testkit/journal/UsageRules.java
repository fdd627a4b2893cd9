package dev.evergate.testkit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Sessions.NewSession;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.core.journal.Usage;
import dev.evergate.core.journal.Usage.Span;
import dev.evergate.core.journal.Usage.Sum;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of {@link Usage}. */
abstract class UsageRules {
    private static final long DAY_MS = 86_400_000;
    private static final long HOUR_MS = 3_600_000;
    private static final long DAY = 20_000; // since 1970

    private Epoch epoch = new Epoch(1);
    private int rows;

    abstract JournalContract fixture();

    @BeforeEach
    void takeTheLease() {
        epoch = fixture().takeLease(1);
    }

    private Usage usage() {
        return fixture().journal().usage();
    }

    private void answered(String key, String model, long atMs, long input, long output) {
        rows++;
        var session = new NewSession(key, "window of " + key, "main", "", atMs);
        var from = new Provenance("fake", model, "stop", input, output);
        var row = new NewRow("row-" + rows, Role.ASSISTANT, Kind.MESSAGE, "text", from);
        var _ = fixture().journal().sessions().append(epoch, session, row);
    }

    @Test
    void sumsByDayConversationAndModel() {
        long dayMs = DAY * DAY_MS;
        answered("a", "m1", dayMs, 1, 10);
        answered("a", "m1", dayMs + DAY_MS - 1, 2, 20);
        answered("a", "m2", dayMs, 4, 40);
        answered("b", "m1", dayMs, 8, 80);
        answered("a", "m1", dayMs + DAY_MS, 16, 160);
        answered("a", "", dayMs, 0, 0); // nobody's
        fixture().reopen();

        assertThat(usage().sums(new Span(0, Long.MAX_VALUE, 0)))
                .containsExactly(
                        new Sum(DAY + 1, "a", "fake", "m1", 1, 16, 160),
                        new Sum(DAY, "a", "fake", "m1", 2, 3, 30),
                        new Sum(DAY, "a", "fake", "m2", 1, 4, 40),
                        new Sum(DAY, "b", "fake", "m1", 1, 8, 80));
    }

    @Test
    void beginsADayWhereAClockOnTheWallDoes() {
        answered("a", "m1", DAY * DAY_MS - HOUR_MS, 1, 1);

        assertThat(usage().sums(new Span(0, Long.MAX_VALUE, 0)))
                .extracting(Sum::day)
                .containsExactly(DAY - 1);
        assertThat(usage().sums(new Span(0, Long.MAX_VALUE, HOUR_MS)))
                .extracting(Sum::day)
                .containsExactly(DAY);
    }

    @Test
    void looksAtNothingOutsideItsTime() {
        answered("a", "m1", 1_000, 1, 1);
        answered("a", "m2", 2_000, 1, 1);
        answered("a", "m3", 3_000, 1, 1);

        assertThat(usage().sums(new Span(2_000, 3_000, 0)))
                .extracting(Sum::model)
                .containsExactly("m2");
    }

    @Test
    void forgetsAConversationThatIsDeletedAndKeepsOneThatBeginsAnew() {
        answered("a", "m1", 1_000, 1, 1);
        answered("b", "m2", 1_000, 1, 1);

        var _ =
                fixture()
                        .journal()
                        .sessions()
                        .reset(epoch, new NewSession("b", "another window", "main", "", 2_000));
        assertThat(fixture().journal().sessions().delete(epoch, "a")).isTrue();

        assertThat(usage().sums(new Span(0, Long.MAX_VALUE, 0)))
                .extracting(Sum::model)
                .containsExactly("m2");
    }
}
