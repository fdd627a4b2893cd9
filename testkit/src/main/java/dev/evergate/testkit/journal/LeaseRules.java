package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.JournalContract.taken;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** The rules of {@link Leases}. */
@Tag("I8")
abstract class LeaseRules {
    private static final Holder FIRST = new Holder("instance-1", 41);
    private static final Holder SECOND = new Holder("instance-1", 42);

    abstract JournalContract fixture();

    @Test
    void startsWithTheFirstEpoch() {
        assertThat(leases().take(FIRST, _ -> false)).isEqualTo(new Outcome.Taken(new Epoch(1)));
    }

    @Test
    void staysWithItsHolderWhileHeIsAlive() {
        taken(leases().take(FIRST, _ -> false));
        fixture().reopen();

        assertThat(leases().take(SECOND, _ -> false)).isEqualTo(new Outcome.Held(FIRST));
        assertThat(leases().take(FIRST, _ -> false)).isEqualTo(new Outcome.Held(FIRST));
    }

    @Test
    void passesOnWhenItsHolderIsGone() {
        taken(leases().take(FIRST, _ -> false));

        Outcome outcome = leases().take(SECOND, holder -> holder.equals(FIRST));

        assertThat(outcome).isEqualTo(new Outcome.Taken(new Epoch(2)));
        assertThat(leases().take(FIRST, _ -> false)).isEqualTo(new Outcome.Held(SECOND));
    }

    @Test
    void passesOnWhenItIsGivenBack() {
        leases().release(taken(leases().take(FIRST, _ -> false)));
        fixture().reopen();

        assertThat(leases().take(SECOND, _ -> false)).isEqualTo(new Outcome.Taken(new Epoch(2)));
    }

    @Test
    void ignoresAReleaseThatComesTooLate() {
        Epoch old = taken(leases().take(FIRST, _ -> false));
        taken(leases().take(SECOND, _ -> true));

        leases().release(old);

        assertThat(leases().take(FIRST, _ -> false)).isEqualTo(new Outcome.Held(SECOND));
    }

    @Test
    void goesToOneOfManyThatWantItAtOnce() {
        List<Supplier<Outcome>> takers =
                LongStream.range(0, 20)
                        .<Supplier<Outcome>>mapToObj(
                                n -> () -> leases().take(new Holder("i", n), _ -> false))
                        .toList();

        List<Outcome> outcomes = fixture().allAtOnce(takers);

        assertThat(outcomes).filteredOn(Outcome.Taken.class::isInstance).hasSize(1);
    }

    @Test
    void givesEachHolderAHigherEpoch() {
        List<Supplier<Outcome>> takers =
                LongStream.range(0, 20)
                        .<Supplier<Outcome>>mapToObj(
                                n -> () -> leases().take(new Holder("i", n), _ -> true))
                        .toList();

        List<Outcome> outcomes = fixture().allAtOnce(takers);

        assertThat(outcomes).extracting(JournalContract::taken).doesNotHaveDuplicates();
    }

    private Leases leases() {
        return fixture().journal().leases();
    }
}
