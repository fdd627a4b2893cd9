package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.journal.CrashingStore;
import dev.evergate.testkit.journal.CrashingStore.Death;
import dev.evergate.testkit.journal.CrashingStore.Fault;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

/** A short story, cut off at each of its writes, and told to its end in the next life. */
final class CrashingStoreTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Tag("I17")
    @Tag("I21")
    @Tag("I32")
    void tellsAStoryToItsEndWhereverItWasCutOff(Fault fault) {
        long writes;
        try (StoreFixture fixture = new StoreFixture(directory.resolve("whole"))) {
            CrashingStore whole = CrashingStore.counting(fixture.store);
            tell(whole, 1);
            writes = whole.writes();
            assertWhole(fixture.store);
        }
        assertThat(writes).isGreaterThan(4);

        for (long cut = 1; cut <= writes; cut++) {
            try (StoreFixture fixture = new StoreFixture(directory.resolve("cut-" + cut))) {
                CrashingStore crashing = new CrashingStore(fixture.store, fault, cut);
                assertThatThrownBy(() -> tell(crashing, 1))
                        .isInstanceOf(
                                fault == Fault.REFUSES_ONCE
                                        ? EvergateException.class
                                        : Death.class);
                assertThat(crashing.isDead()).isEqualTo(fault != Fault.REFUSES_ONCE);

                tell(fixture.store, 2);

                assertWhole(fixture.store);
            }
        }
    }

    @Test
    void isDeadForGood() {
        try (StoreFixture fixture = new StoreFixture(directory)) {
            var crashing = new CrashingStore(fixture.store, Fault.DIES_AFTER_COMMIT, 1);

            assertThatThrownBy(() -> crashing.inbox().accept(Samples.message("k1", "main")))
                    .isInstanceOf(Death.class);

            assertThatThrownBy(() -> crashing.inbox().pending()).isInstanceOf(Death.class);
            assertThatThrownBy(crashing::proveWritable).isInstanceOf(Death.class);
            crashing.close();
            assertThat(fixture.store.inbox().pending()).hasSize(1);
        }
    }

    /** Accepts a message and answers it; a later life goes on where the one before it stood. */
    private static void tell(Journal journal, long generation) {
        var outcome = journal.leases().take(new Holder("instance", generation), _ -> true);
        Epoch epoch = ((Outcome.Taken) outcome).epoch();
        var message =
                Samples.accepted(journal.inbox().accept(Samples.message("k1", "agent:main:main")));
        if (message.fate() == Fate.PENDING) {
            journal.turns().begin(epoch, Samples.beginning(message, "window-" + generation));
            journal.turns().checkpoint(epoch, "k1", "hel");
            journal.turns().finish(epoch, Samples.done("k1", "hello"));
        }
        journal.proveWritable();
    }

    private static void assertWhole(Journal journal) {
        assertThat(journal.inbox().pending()).isEmpty();
        assertThat(journal.turns().find("k1").orElseThrow().state()).isEqualTo(Turn.State.DONE);
        assertThat(Samples.texts(journal.sessions().page("agent:main:main", 10, 0).rows()))
                .containsExactly("say k1", "hello");
        assertThat(journal.turns().reply("k1").orElseThrow().seq()).isEqualTo(2);
    }
}
