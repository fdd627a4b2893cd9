package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.sim.HandoverStory.Flaw;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/**
 * Generations hand over to each other at random moments, and die at random steps of it; whatever
 * was acknowledged must be there in the end, once, in order, with a fate.
 */
@Tag("sim")
class HandoverSimulationTest {
    private static final int SEEDS = 150;
    private static final int FLAW_SEEDS = 40;
    private static final int KILLS = 5;

    @Test
    @Tag("I8")
    @Tag("I17")
    @Tag("I18")
    @Tag("I22")
    @Tag("I24")
    @Tag("I25")
    void everyAcknowledgedMessageMeetsOneFateInOrderWhoeverDiesInAHandOver() {
        SimWorld.explore(
                SEEDS,
                world ->
                        assertThat(new HandoverStory(world, Flaw.NONE, KILLS).violations())
                                .isEmpty());
    }

    @Test
    @Tag("I22")
    void noTurnIsBegunTwiceAndEachEndIsSeenOnceWhenNobodyDies() {
        SimWorld.explore(
                SEEDS,
                world -> assertThat(new HandoverStory(world, Flaw.NONE, 0).violations()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void theAuditCatchesAFlaw(Flaw flaw) {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= FLAW_SEEDS && found.isEmpty(); seed++) {
            int kills = flaw == Flaw.DEATH_UNNOTICED ? KILLS : 0;
            found.addAll(new HandoverStory(new SimWorld(seed), flaw, kills).violations());
        }
        assertThat(found).isNotEmpty();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var first = new SimWorld(7);
        var second = new SimWorld(7);
        var _ = new HandoverStory(first, Flaw.NONE, KILLS).violations();
        var _ = new HandoverStory(second, Flaw.NONE, KILLS).violations();

        assertThat(first.fingerprint()).isEqualTo(second.fingerprint());
    }
}
