package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Two stores on one file, as during the drain of a restart. */
final class TwoProcessesTest {
    private static final int MESSAGES = 300;

    @TempDir private Path data;

    private StoreFixture old;
    private StoreFixture next;

    @BeforeEach
    void open() {
        old = new StoreFixture(data);
        next = new StoreFixture(data);
    }

    @AfterEach
    void close() {
        old.close();
        next.close();
    }

    @Test
    @Tag("I17")
    @Tag("I19")
    void acceptInTurnsWithoutLosingOrDoublingAnything() {
        List<CompletableFuture<Acceptance>> answers = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            String key = "key-" + i;
            answers.add(old.start(() -> old.accept(key)));
            answers.add(next.start(() -> next.accept(key)));
        }

        List<Acceptance> all = answers.stream().map(CompletableFuture::join).toList();

        assertThat(all).filteredOn(Acceptance.Accepted.class::isInstance).hasSize(MESSAGES);
        assertThat(next.store.inbox().pending()).hasSize(MESSAGES);
        assertThat(old.store.inbox().pending()).isEqualTo(next.store.inbox().pending());
    }

    @Test
    @Tag("I8")
    void passTheLeaseOnOnceAndFenceTheOldHolder() {
        Epoch first = taken(old.store.leases().take(new Holder("i", 41), _ -> false));
        var message = Samples.accepted(old.accept("k1"));
        old.store.turns().begin(first, Samples.beginning(message, "w1"));

        old.store.leases().release(first);
        Epoch second = taken(next.store.leases().take(new Holder("i", 42), _ -> false));

        assertThat(second).isGreaterThan(first);
        assertThatThrownBy(() -> old.store.sessions().create(first, Samples.session("other", "w2")))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED))
                .hasMessageContaining("Epoch 1")
                .hasMessageContaining("epoch 2");
        old.store.turns().finish(first, Samples.done("k1", "hello"));
        assertThat(next.store.inbox().pending()).isEmpty();
    }

    @Test
    void closeWithoutDisturbingTheOther() {
        old.accept("k1");

        old.close();
        next.accept("k2");

        assertThat(next.store.inbox().pending()).hasSize(2);
    }

    private static Epoch taken(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Taken(var epoch) -> epoch;
            case Outcome.Held(var by) -> throw new AssertionError("held by " + by);
        };
    }
}
