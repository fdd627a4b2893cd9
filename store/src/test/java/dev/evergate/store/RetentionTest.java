package dev.evergate.store;

import static dev.evergate.testkit.journal.Samples.NOW_MS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Blob;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal.Ending;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What the store forgets, and when. */
final class RetentionTest {
    private static final Epoch EPOCH = new Epoch(1);
    private static final long HOUR_MS = 3_600_000;

    @TempDir private Path directory;

    private StoreFixture fixture;
    private SqlStore store;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
        store = fixture.store;
        store.leases().take(new Holder("instance", 1), _ -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    @Tag("I19")
    @Tag("I25")
    void remembersForFortyEightHours() {
        answer("k1");

        assertThat(store.prune(EPOCH, NOW_MS + 48 * HOUR_MS)).isZero();

        assertThat(fixture.accept("k1")).isInstanceOf(Acceptance.Duplicate.class);
        assertThat(store.turns().find("k1")).isPresent();
    }

    @Test
    void keepsWhatCameWithAMessageOnceAndAsLongAsSomebodyHasIt() {
        var picture = new Attachment("image/png", "a.png", Blob.of(new byte[] {1, 2, 3}));
        String sha256 = picture.data().sha256();
        for (String key : List.of("k1", "k2")) {
            store.inbox().accept(withPicture(key, picture), List.of(picture));
            begin(key);
            store.turns().finish(EPOCH, Samples.done(key, "a dot"));
        }
        assertThat(store.attachments().find(sha256)).contains(picture.data());
        assertThat(count("attachments")).isEqualTo(1);

        // The conversation has it.
        assertThat(store.prune(EPOCH, NOW_MS + 49 * HOUR_MS)).isEqualTo(2);
        assertThat(store.attachments().find(sha256)).isPresent();
        assertThat(store.sessions().page("agent:main:main", 10, 0).rows().getFirst().content())
                .isEqualTo(new Content(List.of(picture.image())));

        assertThat(store.sessions().delete(EPOCH, "agent:main:main")).isTrue();
        assertThat(store.attachments().find(sha256)).isEmpty();
        assertThat(count("attachments") + count("attachment_holders")).isZero();
    }

    @Test
    void keepsWhatCameWithAMessageWhoseConversationWasDeletedUntilItIsForgotten() {
        var picture = new Attachment("image/png", "a.png", Blob.of(new byte[] {1, 2, 3}));
        store.inbox().accept(withPicture("k1", picture), List.of(picture));
        begin("k1");
        assertThat(store.sessions().delete(EPOCH, "agent:main:main")).isTrue();

        begin("k1"); // the next attempt shows it again, in a new conversation
        assertThat(store.attachments().find(picture.data().sha256())).isPresent();
        store.turns().finish(EPOCH, Samples.done("k1", "a dot"));
        assertThat(store.sessions().delete(EPOCH, "agent:main:main")).isTrue();
        assertThat(store.prune(EPOCH, NOW_MS + 49 * HOUR_MS)).isEqualTo(1);

        assertThat(store.attachments().find(picture.data().sha256())).isEmpty();
    }

    private static IncomingMessage withPicture(String key, Attachment picture) {
        IncomingMessage plain = Samples.message(key, "agent:main:main");
        return new IncomingMessage(
                plain.id(),
                plain.origin(),
                plain.sessionKey(),
                plain.runId(),
                new Content(List.of(picture.image())),
                MessageOptions.NONE,
                plain.receivedAtMs());
    }

    private int count(String table) {
        return store.read(c -> c.first("SELECT COUNT(*) FROM " + table, Row::count)).orElse(0);
    }

    @Test
    void forgetsAMessageAndItsTurnButNotTheConversation() {
        answer("k1");
        answer("k2");

        assertThat(store.prune(EPOCH, NOW_MS + 49 * HOUR_MS)).isEqualTo(2);

        assertThat(store.turns().find("k1")).isEmpty();
        assertThat(fixture.accept("k1")).isInstanceOf(Acceptance.Accepted.class);
        assertThat(store.sessions().page("agent:main:main", 10, 0).rows()).hasSize(4);
    }

    @Test
    void keepsWhatHasNotEnded() {
        fixture.accept("waiting");
        begin("running");
        begin("delivering");
        store.turns()
                .finish(
                        EPOCH,
                        new Ending(
                                "delivering",
                                Turn.State.DONE,
                                List.of(),
                                List.of(Samples.delivery("d1")),
                                "",
                                NOW_MS));

        assertThat(store.prune(EPOCH, NOW_MS + 1_000 * HOUR_MS)).isZero();
        store.outbox().mark(EPOCH, "d1", Outbox.State.SENT, "platform-id", 0);
        assertThat(store.prune(EPOCH, NOW_MS + 1_000 * HOUR_MS)).isEqualTo(1);

        assertThat(store.inbox().pending()).hasSize(2);
        assertThat(store.turns().find("running")).isPresent();
        assertThat(store.turns().find("delivering")).isEmpty();
    }

    @Test
    void forgetsManyInSmallPieces() {
        IntStream.range(0, 450)
                .mapToObj(i -> fixture.start(() -> answer("key-" + i)))
                .toList()
                .forEach(CompletableFuture::join);
        int before = fixture.disk.commits();

        assertThat(store.prune(EPOCH, NOW_MS + 49 * HOUR_MS)).isEqualTo(450);

        assertThat(fixture.disk.commits() - before).isEqualTo(4);
    }

    @Test
    @Tag("I8")
    void forgetsNothingForAnEpochThatHasPassed() {
        answer("k1");
        store.leases().take(new Holder("instance", 2), _ -> true);

        assertThatThrownBy(() -> store.prune(EPOCH, NOW_MS + 49 * HOUR_MS))
                .isInstanceOf(EvergateException.class);

        assertThat(store.turns().find("k1")).isPresent();
    }

    @Test
    void removesWhatADeletedConversationLeftWhenItWasInterrupted() {
        answer("k1");
        // As if the process had died right after the conversation was dropped.
        int _ =
                store.write(
                        c -> {
                            TranscriptTable.dropWindows(c, "agent:main:main");
                            return c.update("DELETE FROM sessions");
                        });

        int _ = store.prune(EPOCH, NOW_MS);

        assertThat(rows("transcript")).isZero();
        assertThat(rows("windows")).isZero();
    }

    private void begin(String key) {
        var message = Samples.accepted(fixture.accept(key));
        store.turns().begin(EPOCH, Samples.beginning(message, "window-1"));
    }

    private List<TranscriptRow> answer(String key) {
        begin(key);
        return store.turns().finish(EPOCH, Samples.done(key, "hello"));
    }

    private int rows(String table) {
        return store.read(c -> c.first("SELECT COUNT(*) FROM " + table, Row::count)).orElseThrow();
    }
}
