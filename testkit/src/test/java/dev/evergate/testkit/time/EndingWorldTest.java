package dev.evergate.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.EndingWorld;
import dev.evergate.core.time.World;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class EndingWorldTest {
    private static final long PERIOD_MS = 10;

    private final SimWorld sim = new SimWorld(1);

    @Test
    void letsNothingComeRoundOnceItHasEnded() {
        var ending = new EndingWorld(sim);

        assertThatNothingComesRound(ending, ending::endRoutines);
    }

    @Test
    void aWorldThatDoesNotEndItsRoutinesIsCaught() {
        assertThatThrownBy(() -> assertThatNothingComesRound(sim, () -> {}))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void stillRunsWhatWasToRunOnce() {
        var ending = new EndingWorld(sim);
        var runs = new AtomicInteger();
        var _ = ending.timers().after(PERIOD_MS, runs::incrementAndGet);
        ending.endRoutines();
        var _ = ending.timers().after(PERIOD_MS, runs::incrementAndGet);

        sim.advance(PERIOD_MS);

        assertThat(runs).hasValue(2);
    }

    @Test
    void leavesWorkBehindThatIsOverdue() throws InterruptedException {
        Attempt quick = sim.attempt("quick", sim.time().deadlineIn(100), () -> sim.pause(10));
        Attempt slow = sim.attempt("slow", sim.time().deadlineIn(100), () -> sim.pause(1_000));

        assertThat(quick).isEqualTo(new Attempt.Done());
        assertThat(slow).isInstanceOf(Attempt.Overdue.class);
    }

    private void assertThatNothingComesRound(World world, Runnable end) {
        var rounds = new AtomicInteger();
        var _ = world.timers().every(PERIOD_MS, rounds::incrementAndGet);
        sim.advance(5 * PERIOD_MS);
        assertThat(rounds).hasValue(5);

        end.run();
        var _ = world.timers().every(PERIOD_MS, rounds::incrementAndGet);
        sim.advance(100 * PERIOD_MS);

        assertThat(rounds).hasValue(5);
    }
}
