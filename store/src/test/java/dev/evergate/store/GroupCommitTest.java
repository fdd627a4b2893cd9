package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Inbox.Acceptance;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Writes that share a commit share nothing else. */
final class GroupCommitTest {
    private static final String INSERT_PROOF =
            "INSERT INTO proofs (name, proven_at_ms) VALUES (?, 1)";

    @TempDir private Path directory;

    private StoreFixture fixture;
    private SqlStore store;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
        store = fixture.store;
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void sharesOneCommitAmongAllThatWait() {
        StoreFixture.Gate gate = fixture.blockWriter();
        var answers = fixture.startInOrder(accepts(100));
        int before = fixture.disk.commits();

        gate.open();

        answers.forEach(CompletableFuture::join);
        assertThat(fixture.disk.commits() - before).isEqualTo(2); // the gate's and theirs
    }

    @Test
    void keepsTheOrderOfArrival() {
        StoreFixture.Gate gate = fixture.blockWriter();
        var answers = fixture.startInOrder(accepts(100));
        gate.open();
        answers.forEach(CompletableFuture::join);

        assertThat(store.inbox().pending())
                .extracting(AcceptedMessage::message)
                .extracting(message -> message.runId())
                .containsExactlyElementsOf(keys(100));
    }

    @Test
    @Tag("I32")
    void takesOnlyAFailingUnitBack() {
        StoreFixture.Gate gate = fixture.blockWriter();
        Supplier<Integer> good = () -> store.write(c -> c.update(INSERT_PROOF, "good"));
        Supplier<Integer> refused =
                () ->
                        store.write(
                                c -> {
                                    int _ = c.update(INSERT_PROOF, "half");
                                    throw new EvergateException(ErrorCode.NOT_FOUND, "none");
                                });
        Supplier<Integer> buggy =
                () ->
                        store.write(
                                c -> {
                                    int _ = c.update(INSERT_PROOF, "bug");
                                    throw new IllegalArgumentException("a bug");
                                });
        Supplier<Integer> twice =
                () ->
                        store.write(
                                c ->
                                        c.update(INSERT_PROOF, "twice")
                                                + c.update(INSERT_PROOF, "twice"));
        Supplier<Integer> last = () -> store.write(c -> c.update(INSERT_PROOF, "last"));
        var answers = fixture.startInOrder(List.of(good, refused, buggy, twice, last));
        int before = fixture.disk.commits();

        gate.open();

        assertThat(answers.get(0).join()).isEqualTo(1);
        assertFailed(ErrorCode.NOT_FOUND, answers.get(1));
        assertThatThrownBy(answers.get(2)::join)
                .isInstanceOf(CompletionException.class)
                .rootCause()
                .hasMessage("a bug");
        assertFailed(ErrorCode.INVALID_REQUEST, answers.get(3));
        assertThat(answers.get(4).join()).isEqualTo(1);
        assertThat(fixture.disk.commits() - before).isEqualTo(2);
        assertThat(proofs()).containsExactly("good", "last");
    }

    @Test
    void letsTheOtherProcessWriteAfterFiftyMillisecondsOfWork() {
        StoreFixture.Gate gate = fixture.blockWriter();
        Supplier<Integer> slow =
                () ->
                        store.write(
                                c -> {
                                    fixture.passMillis(30);
                                    return 1;
                                });
        var answers = fixture.startInOrder(List.of(slow, slow, slow, slow));
        int before = fixture.disk.commits();

        gate.open();

        answers.forEach(CompletableFuture::join);
        assertThat(fixture.disk.commits() - before).isEqualTo(3); // the gate's, and two pairs
    }

    @Test
    void finishesWhatWasSubmittedBeforeItCloses() {
        StoreFixture.Gate gate = fixture.blockWriter();
        var answers = fixture.startInOrder(accepts(10));
        CompletableFuture<Boolean> closed =
                fixture.start(
                        () -> {
                            store.close();
                            return true;
                        });

        gate.open();

        assertThat(closed.join()).isTrue();
        assertThat(answers)
                .allSatisfy(
                        answer ->
                                assertThat(answer.join()).isInstanceOf(Acceptance.Accepted.class));
    }

    @Test
    void answersACallerThatIsInterruptedAllTheSame() {
        StoreFixture.Gate gate = fixture.blockWriter();
        Thread[] caller = new Thread[1];
        Supplier<Boolean> interrupted =
                () -> {
                    caller[0] = Thread.currentThread();
                    Acceptance answer = fixture.accept("k1");
                    return answer instanceof Acceptance.Accepted && Thread.interrupted();
                };
        var answers = fixture.startInOrder(List.of(interrupted));

        caller[0].interrupt();
        gate.open();

        assertThat(answers.getFirst().join()).isTrue();
    }

    @Test
    void withdrawsWhatTheWriterDidNotComeTo() {
        try (var impatient = new StoreFixture(directory.resolve("other"), 100)) {
            StoreFixture.Gate gate = impatient.blockWriter();

            assertThatThrownBy(() -> impatient.accept("k1"))
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE);
                                assertThat(e).hasMessageContaining("nothing was stored");
                            });

            gate.latch().countDown();
            impatient.accept("k2");
            assertThat(impatient.store.inbox().findByRun("k1")).isEmpty();
            assertThat(impatient.store.inbox().findByRun("k2")).isPresent();
        }
    }

    private List<Supplier<Acceptance>> accepts(int count) {
        return keys(count).stream()
                .<Supplier<Acceptance>>map(key -> () -> fixture.accept(key))
                .toList();
    }

    private static List<String> keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "key-" + i).toList();
    }

    private List<String> proofs() {
        return store.read(c -> c.list("SELECT name FROM proofs ORDER BY name", Row::text));
    }

    private static void assertFailed(ErrorCode code, CompletableFuture<?> answer) {
        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOfSatisfying(
                        EvergateException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
