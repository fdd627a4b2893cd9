package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.keeper.GatewayPhase.Ending;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.testkit.explore.Explorer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.function.BiFunction;

/**
 * Explores keeper and generation against each other, with as many faults and as many wishes as a
 * test says, at any moment; see {@link LifecycleModel}.
 */
@Tag("sim")
@Tag("I1")
@Tag("I2")
@Tag("I3")
class LifecycleModelTest {
    private static final int DEPTH_MAX = 90;

    @ParameterizedTest
    @CsvSource("1, 1")
    void everyStopAndRestartEndsWhateverFailsMeanwhile(int faults, int wishes) {
        Explorer.Report report = explore(GatewayPhase::next, Phase::next, faults, wishes);

        assertThat(report.defect()).isEmpty();
        assertThat(report.isComplete()).as("everything within %d steps", DEPTH_MAX).isTrue();
        System.out.printf(
                "lifecycle model: %,d states, %d steps deep%n", report.states(), report.depth());
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1, 2"})
    @Tag("full")
    void everyStopAndRestartEndsWhateverElseFailsMeanwhile(int faults, int wishes) {
        everyStopAndRestartEndsWhateverFailsMeanwhile(faults, wishes);
    }

    @Test
    void rejectsAKeeperThatWaitsForeverForAStragglerToEnd() {
        Explorer.Report report =
                explore(
                        (phase, event) ->
                                phase instanceof GatewayPhase.Stopping(var _, var ending, var _)
                                                && ending == Ending.FINISHED
                                                && event instanceof Event.DeadlinePassed
                                        ? new GatewayPhase.Next(phase, List.of())
                                        : GatewayPhase.next(phase, event),
                        Phase::next,
                        1,
                        1);

        assertThat(report.defect())
                .hasValueSatisfying(defect -> assertThat(defect).contains("deadlock"));
    }

    @Test
    void rejectsAKeeperThatKeepsWhoeverWantedARestartWaitingForOneThatNeverStarts() {
        Explorer.Report report =
                explore(
                        (phase, event) -> {
                            GatewayPhase.Next next = GatewayPhase.next(phase, event);
                            return event instanceof Event.Ended
                                    ? new GatewayPhase.Next(
                                            next.phase(),
                                            next.effects().stream()
                                                    .filter(
                                                            e ->
                                                                    !(e
                                                                            instanceof
                                                                            GatewayPhase.Effect
                                                                                    .Settle))
                                                    .toList())
                                    : next;
                        },
                        Phase::next,
                        1,
                        1);

        assertThat(report.defect())
                .hasValueSatisfying(
                        defect -> assertThat(defect).contains("a restart may never end"));
    }

    /** What it had taken it may have answered; both would serve. */
    @Test
    @Tag("I8")
    void rejectsAKeeperThatCallsAHandOverOffWhileTheSuccessorLives() {
        Explorer.Report report =
                explore(
                        (phase, event) ->
                                phase instanceof GatewayPhase.HandingOver(var track, var standing)
                                                && event instanceof Event.Broken
                                        ? new GatewayPhase.Next(
                                                new GatewayPhase.Serving(track, standing),
                                                List.of(
                                                        new GatewayPhase.Effect.Abort(),
                                                        new GatewayPhase.Effect.Settle(false)))
                                        : GatewayPhase.next(phase, event),
                        Phase::next,
                        1,
                        1);

        assertThat(report.defect())
                .hasValueSatisfying(
                        defect ->
                                assertThat(defect)
                                        .contains("deadlock")
                                        .contains("MAIN has HAND_OVER_ABORTED"));
    }

    @Test
    void rejectsAGenerationThatDrainsWithoutADeadlineAndWithoutAnEnd() {
        Explorer.Report report =
                explore(
                        GatewayPhase::next,
                        (phase, event) ->
                                phase == Phase.DRAINING
                                        ? new Phase.Next(phase, List.of())
                                        : phase.next(event),
                        1,
                        1);

        assertThat(report.defect())
                .hasValueSatisfying(defect -> assertThat(defect).contains("deadlock"));
    }

    private static Explorer.Report explore(
            BiFunction<GatewayPhase, Event, GatewayPhase.Next> keeper,
            BiFunction<Phase, Phase.Event, Phase.Next> generation,
            int faults,
            int wishes) {
        return Explorer.explore(new LifecycleModel(keeper, generation, faults, wishes), DEPTH_MAX);
    }
}
