package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.JournalContract.assertRefused;
import static dev.evergate.testkit.journal.Samples.NOW_MS;
import static dev.evergate.testkit.journal.Samples.notice;
import static dev.evergate.testkit.journal.Samples.reply;
import static dev.evergate.testkit.journal.Samples.session;
import static dev.evergate.testkit.journal.Samples.texts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Sessions.Archived;
import dev.evergate.core.journal.Sessions.Filter;
import dev.evergate.core.journal.Sessions.Listing;
import dev.evergate.core.journal.Sessions.NewSession;
import dev.evergate.core.journal.Sessions.Page;
import dev.evergate.core.journal.Sessions.Query;
import dev.evergate.core.journal.Sessions.Shortening;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The rules of {@link Sessions}. */
abstract class SessionRules {
    private static final String KEY = "agent:main:main";

    private Epoch epoch = new Epoch(1);

    abstract JournalContract fixture();

    @BeforeEach
    void takeTheLease() {
        epoch = fixture().takeLease(1);
    }

    @Test
    void createsAConversationOnce() {
        var created = sessions().create(epoch, new NewSession(KEY, "w1", "main", "Mine", NOW_MS));

        var again = sessions().create(epoch, new NewSession(KEY, "w2", "other", "Yours", 9));
        fixture().reopen();

        assertThat(created).isEqualTo(new Session(KEY, "w1", "main", "Mine", NOW_MS, NOW_MS));
        assertThat(again).isEqualTo(created);
        assertThat(sessions().find(KEY)).contains(created);
        assertThat(sessions().find("agent:main:none")).isEmpty();
    }

    @Test
    @Tag("I24")
    void numbersRowsWithoutGapsAcrossLives() {
        append("r1", "one");
        append("r2", "two");
        fixture().reopen();
        epoch = fixture().takeLease(2);
        append("r3", "three");

        List<TranscriptRow> rows = sessions().after("w1", 0, 100);

        assertThat(rows).extracting(TranscriptRow::seq).containsExactly(1L, 2L, 3L);
        assertThat(texts(rows)).containsExactly("one", "two", "three");
    }

    @Test
    @Tag("I24")
    void numbersRowsWithoutGapsWhenManyAppendAtOnce() {
        List<Supplier<TranscriptRow>> appends =
                IntStream.range(0, 60)
                        .<Supplier<TranscriptRow>>mapToObj(i -> () -> append("r" + i, "text " + i))
                        .toList();

        List<TranscriptRow> appended = fixture().allAtOnce(appends);

        assertThat(appended)
                .extracting(TranscriptRow::seq)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 60).boxed().toList());
        assertThat(sessions().after("w1", 0, 100)).containsExactlyInAnyOrderElementsOf(appended);
    }

    @Test
    void keepsAllThatARowSays() {
        TranscriptRow row = sessions().append(epoch, session(KEY, "w1"), reply("r1", "hello"));
        fixture().reopen();

        assertThat(row.provenance().model()).isEqualTo("echo-1");
        assertThat(row.timestampMs()).isEqualTo(NOW_MS);
        assertThat(sessions().after("w1", 0, 1)).containsExactly(row);
    }

    @Test
    @Tag("I24")
    void givesTheRowsAfterAPosition() {
        IntStream.rangeClosed(1, 5).forEach(i -> append("r" + i, "text " + i));

        assertThat(texts(sessions().after("w1", 3, 100))).containsExactly("text 4", "text 5");
        assertThat(texts(sessions().after("w1", 1, 2))).containsExactly("text 2", "text 3");
        assertThat(sessions().after("w1", 5, 100)).isEmpty();
        assertThat(sessions().after("unknown", 0, 100)).isEmpty();
    }

    @Test
    void givesStretchesFromTheNewestEnd() {
        IntStream.rangeClosed(1, 5).forEach(i -> append("r" + i, "text " + i));

        Page newest = sessions().page(KEY, 2, 0);

        assertThat(texts(newest.rows())).containsExactly("text 4", "text 5");
        assertThat(newest.total()).isEqualTo(5);
        assertThat(newest.session()).isEqualTo(sessions().find(KEY));
        assertThat(texts(sessions().page(KEY, 2, 2).rows())).containsExactly("text 2", "text 3");
        assertThat(texts(sessions().page(KEY, 2, 4).rows())).containsExactly("text 1");
        assertThat(sessions().page(KEY, 2, 5).rows()).isEmpty();
        assertThat(sessions().page(KEY, 100, 0).rows()).hasSize(5);
        assertThat(sessions().page("none", 2, 0).session()).isEmpty();
    }

    @Test
    void tellsTheConversationOfItsNewestMessageAndWhatItCost() {
        append("r1", "hello");
        sessions()
                .append(epoch, new NewSession(KEY, "w1", "main", "", NOW_MS + 5), notice("n", "x"));

        Session session = sessions().find(KEY).orElseThrow();

        assertThat(session.preview()).isEqualTo("hello");
        assertThat(session.lastSeq()).isEqualTo(2);
        assertThat(session.updatedAtMs()).isEqualTo(NOW_MS + 5);
        assertThat(session.inputTokens()).isEqualTo(7);
        assertThat(session.outputTokens()).isEqualTo(11);
    }

    @Test
    void startsAnEmptyWindowAndKeepsTheOldOneReadable() {
        append("r1", "hello");

        Session reset = sessions().reset(epoch, session(KEY, "w2"));
        fixture().reopen();

        assertThat(reset).isEqualTo(new Session(KEY, "w2", "main", "", NOW_MS, NOW_MS));
        assertThat(sessions().page(KEY, 10, 0).rows()).isEmpty();
        assertThat(texts(sessions().after("w1", 0, 10))).containsExactly("hello");
        epoch = fixture().takeLease(2);
        assertThat(append("r2", "again").seq()).isEqualTo(1);
    }

    @Test
    void makesAConversationThatIsResetBeforeItExists() {
        Session session = sessions().reset(epoch, session(KEY, "w1"));

        assertThat(sessions().find(KEY)).contains(session);
    }

    @Test
    void refusesAWindowThatExists() {
        append("r1", "hello");

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> sessions().create(epoch, session("agent:main:other", "w1")));

        assertThat(sessions().find("agent:main:other")).isEmpty();
    }

    @Test
    void removesAConversationWithAllItsWindows() {
        append("r1", "hello");
        sessions().reset(epoch, session(KEY, "w2"));
        append("r2", "again");

        assertThat(sessions().delete(epoch, KEY)).isTrue();
        fixture().reopen();
        epoch = fixture().takeLease(2);

        assertThat(sessions().delete(epoch, KEY)).isFalse();
        assertThat(sessions().find(KEY)).isEmpty();
        assertThat(sessions().after("w1", 0, 10)).isEmpty();
        assertThat(sessions().after("w2", 0, 10)).isEmpty();
        assertThat(sessions().list(new Query(10, 0, "", "")).total()).isZero();
        sessions().create(epoch, session(KEY, "w3"));
        assertThat(append("r3", "fresh").seq()).isEqualTo(1);
    }

    @Test
    void removesALongConversation() {
        List<Supplier<TranscriptRow>> appends =
                IntStream.range(0, 1_200)
                        .<Supplier<TranscriptRow>>mapToObj(i -> () -> append("r" + i, "text " + i))
                        .toList();
        fixture().allAtOnce(appends);

        assertThat(sessions().delete(epoch, KEY)).isTrue();

        assertThat(sessions().after("w1", 0, 10)).isEmpty();
    }

    @Test
    void listsTheNewestChangeFirstWhateverTheClockSays() {
        sessions().create(epoch, new NewSession("agent:a:1", "w1", "a", "", NOW_MS));
        sessions().create(epoch, new NewSession("agent:a:2", "w2", "a", "", NOW_MS - 3_600_000));
        sessions().create(epoch, new NewSession("agent:b:3", "w3", "b", "", NOW_MS));
        sessions()
                .append(
                        epoch,
                        new NewSession("agent:a:1", "w1", "a", "", NOW_MS - 7_200_000),
                        reply("r", "hi"));

        assertThat(keys(new Query(10, 0, "", "")))
                .containsExactly("agent:a:1", "agent:b:3", "agent:a:2");
    }

    @Test
    void settlesWhatIsWantedAndKeepsItThroughAReset() {
        SessionDetails settled =
                SessionDetails.NONE
                        .with(Text.MODEL, "fake/big")
                        .with(Text.CATEGORY, "Travel")
                        .with(Moment.PINNED, 7);
        Sessions.Changed made =
                sessions()
                        .change(
                                epoch,
                                new NewSession(KEY, "w1", "main", "", NOW_MS),
                                session -> session.with("Mine").with(settled));

        assertThat(made.before().details()).isEqualTo(SessionDetails.NONE);
        assertThat(made.after().label()).isEqualTo("Mine");
        fixture().reopen();
        epoch = fixture().takeLease(2);

        assertThat(sessions().find(KEY)).contains(made.after());
        assertThat(sessions().categories()).containsExactly("Travel");
        Session reset = sessions().reset(epoch, new NewSession(KEY, "w2", "main", "", NOW_MS + 1));
        assertThat(reset.details()).isEqualTo(settled);
        assertThat(sessions().ofWindow("w2")).contains(reset);
        assertThat(sessions().ofWindow("w1")).isEmpty();
    }

    @Test
    void changesNothingThatIsRefused() {
        NewSession wanted = new NewSession(KEY, "w1", "main", "", NOW_MS);

        assertThatThrownBy(
                        () ->
                                sessions()
                                        .change(
                                                epoch,
                                                wanted,
                                                _ -> {
                                                    throw new EvergateException(
                                                            ErrorCode.INVALID_REQUEST, "no");
                                                }))
                .isInstanceOf(EvergateException.class)
                .hasMessage("no");

        assertThat(sessions().find(KEY)).isEmpty();
    }

    @Test
    void isNotNewerForHavingBeenRead() {
        NewSession first = new NewSession("agent:a:1", "w1", "a", "", NOW_MS);
        sessions().create(epoch, first);
        sessions().append(epoch, first, reply("r", "hi"));
        sessions().create(epoch, new NewSession("agent:a:2", "w2", "a", "", NOW_MS));
        assertThat(sessions().find("agent:a:1").orElseThrow().isUnread()).isTrue();

        Session read =
                sessions()
                        .change(
                                epoch,
                                new NewSession("agent:a:1", "w3", "a", "", NOW_MS + 5),
                                s -> s.with(s.details().with(Moment.READ, NOW_MS + 5)))
                        .after();

        assertThat(read.isUnread()).isFalse();
        assertThat(read.updatedAtMs()).isEqualTo(NOW_MS);
        assertThat(keys(new Query(10, 0, "", ""))).containsExactly("agent:a:2", "agent:a:1");
        settle("agent:a:1", s -> s.with("Name"));
        assertThat(keys(new Query(10, 0, "name", ""))).containsExactly("agent:a:1");
        assertThat(keys(new Query(10, 0, "", ""))).containsExactly("agent:a:1", "agent:a:2");
    }

    @Test
    void listsWhatWasPutAsideOnlyWhereThatIsAskedForAndPinnedOnesFirst() {
        for (String key : List.of("agent:a:1", "agent:a:2", "agent:a:3")) {
            sessions().create(epoch, new NewSession(key, key, "a", "", NOW_MS));
        }
        settle("agent:a:2", s -> s.with(s.details().with(Moment.ARCHIVED, 5)));
        settle("agent:a:1", s -> s.with(s.details().with(Moment.PINNED, 5)));
        settle("agent:a:3", s -> s.with("Name").with(s.details().with(Text.DISPLAY_NAME, "Shown")));

        assertThat(keys(filtered("", 0, Archived.NO))).containsExactly("agent:a:1", "agent:a:3");
        assertThat(keys(filtered("", 0, Archived.ONLY))).containsExactly("agent:a:2");
        assertThat(keys(filtered("", 0, Archived.ALL)))
                .containsExactly("agent:a:1", "agent:a:3", "agent:a:2");
        assertThat(keys(filtered("Name", 0, Archived.ALL))).containsExactly("agent:a:3");
        assertThat(keys(filtered("Nam", 0, Archived.ALL))).isEmpty();
        assertThat(keys(filtered("", NOW_MS + 10, Archived.ALL))).isEmpty();
        assertThat(keys(new Query(10, 0, "shown", ""))).containsExactly("agent:a:3");
    }

    private static Query filtered(String label, long sinceMs, Archived archived) {
        return new Query(10, 0, new Filter("", label, "", sinceMs, archived), true);
    }

    private void settle(String key, UnaryOperator<Session> change) {
        Sessions.Changed _ =
                sessions().change(epoch, new NewSession(key, key, "a", "", NOW_MS), change);
    }

    @Test
    void isAboutWhatAPersonSaidFirst() {
        NewSession session = new NewSession(KEY, "w1", "main", "", NOW_MS);
        sessions().append(epoch, session, reply("r1", "welcome"));
        for (String text : List.of(" first ", "second")) {
            sessions()
                    .append(
                            epoch,
                            session,
                            new NewRow(
                                    "u-" + text,
                                    TranscriptRow.Role.USER,
                                    TranscriptRow.Kind.MESSAGE,
                                    Content.text(text),
                                    TranscriptRow.Provenance.NONE));
        }

        Session found = sessions().find(KEY).orElseThrow();

        assertThat(found.title()).isEqualTo("first");
        assertThat(found.spokenAtMs()).isEqualTo(NOW_MS);
        Session reset = sessions().reset(epoch, new NewSession(KEY, "w2", "main", "", NOW_MS));
        assertThat(reset.title()).isEmpty();
        assertThat(reset.isUnread()).isFalse();
    }

    @Test
    void letsOneRowStandForTheBeginningOfAWindow() {
        NewSession session = new NewSession(KEY, "w1", "main", "", NOW_MS);
        for (String id : List.of("r1", "r2", "r3")) {
            sessions().append(epoch, session, reply(id, "text of " + id));
        }
        assertThat(sessions().compaction("w1", 9)).isEmpty();

        Optional<TranscriptRow> first = sessions().shorten(epoch, shortening("w1", "s1", 2, 0));
        assertThat(first.orElseThrow().seq()).isEqualTo(4);
        // Whoever began when nothing stood for it comes too late.
        assertThat(sessions().shorten(epoch, shortening("w1", "s2", 3, 0))).isEmpty();
        assertThat(sessions().shorten(epoch, shortening("w9", "s3", 3, 0))).isEmpty();
        fixture().reopen();
        epoch = fixture().takeLease(2);

        assertThat(sessions().compaction("w1", 9)).contains(new Compaction(first.orElseThrow(), 2));
        assertThat(sessions().compaction("w1", 4)).isEmpty();
        TranscriptRow second =
                sessions().shorten(epoch, shortening("w1", "s4", 4, 2)).orElseThrow();
        assertThat(sessions().compaction("w1", 9)).contains(new Compaction(second, 4));
        assertThat(sessions().compaction("w1", 5)).contains(new Compaction(first.get(), 2));
        Session before = sessions().find(KEY).orElseThrow();
        assertThat(before.lastSeq()).isEqualTo(5);
        assertThat(before.preview()).isEqualTo("text of r3");

        sessions().reset(epoch, new NewSession(KEY, "w2", "main", "", NOW_MS));
        assertThat(sessions().shorten(epoch, shortening("w1", "s5", 5, 4))).isEmpty();
        assertThat(sessions().compaction("w2", 9)).isEmpty();
    }

    private static Shortening shortening(String window, String id, long covers, long covered) {
        var row =
                new NewRow(
                        id,
                        TranscriptRow.Role.SYSTEM,
                        TranscriptRow.Kind.COMPACTION,
                        Content.text("summary " + id),
                        TranscriptRow.Provenance.NONE);
        return new Shortening(window, row, covers, covered, NOW_MS);
    }

    @Test
    void findsARowInAnyWindowOfItsConversation() {
        NewSession session = new NewSession(KEY, "w1", "main", "", NOW_MS);
        sessions().append(epoch, session, reply("r1", "one"));
        TranscriptRow second = sessions().append(epoch, session, reply("r2", "two"));
        sessions().reset(epoch, new NewSession(KEY, "w2", "main", "", NOW_MS));

        assertThat(sessions().row(KEY, "r2")).contains(second);
        assertThat(sessions().row("agent:main:other", "r2")).isEmpty();
        assertThat(sessions().row(KEY, "none")).isEmpty();
        assertThat(sessions().length(KEY, "w1")).isEqualTo(2);
        assertThat(sessions().length(KEY, "w2")).isZero();
        assertThat(sessions().length("agent:main:other", "w1")).isZero();
    }

    @Test
    void listsWhatIsAskedFor() {
        sessions().create(epoch, new NewSession("agent:a:one", "w1", "a", "Holiday PLANS", NOW_MS));
        sessions().create(epoch, new NewSession("agent:a:TWO", "w2", "a", "100%", NOW_MS));
        sessions().create(epoch, new NewSession("agent:b:one", "w3", "b", "Übung_1", NOW_MS));

        assertThat(keys(new Query(10, 0, "plans", ""))).containsExactly("agent:a:one");
        assertThat(keys(new Query(10, 0, "two", ""))).containsExactly("agent:a:TWO");
        assertThat(keys(new Query(10, 0, "%", ""))).containsExactly("agent:a:TWO");
        assertThat(keys(new Query(10, 0, "_", ""))).containsExactly("agent:b:one");
        assertThat(keys(new Query(10, 0, "übung", ""))).containsExactly("agent:b:one");
        assertThat(keys(new Query(10, 0, "", "a"))).containsExactly("agent:a:TWO", "agent:a:one");
        assertThat(keys(new Query(10, 0, "one", "b"))).containsExactly("agent:b:one");
        assertThat(keys(new Query(1, 1, "", ""))).containsExactly("agent:a:TWO");
        Listing listing = sessions().list(new Query(1, 5, "", ""));
        assertThat(listing.sessions()).isEmpty();
        assertThat(listing.total()).isEqualTo(3);
    }

    @Test
    @Tag("I8")
    void refusesEveryWriteOfAnOlderEpoch() {
        append("r1", "hello");
        fixture().takeLease(2);

        assertRefused(ErrorCode.FENCED, () -> sessions().create(epoch, session("x", "wx")));
        assertRefused(ErrorCode.FENCED, () -> sessions().create(epoch, session(KEY, "w1")));
        assertRefused(ErrorCode.FENCED, () -> sessions().reset(epoch, session(KEY, "w2")));
        assertRefused(ErrorCode.FENCED, () -> sessions().delete(epoch, KEY));
        assertRefused(ErrorCode.FENCED, () -> append("r2", "stale"));

        assertThat(texts(sessions().page(KEY, 10, 0).rows())).containsExactly("hello");
    }

    private TranscriptRow append(String id, String text) {
        return sessions().append(epoch, session(KEY, "w1"), reply(id, text));
    }

    private List<String> keys(Query query) {
        return sessions().list(query).sessions().stream().map(Session::key).toList();
    }

    private Sessions sessions() {
        return fixture().journal().sessions();
    }
}
