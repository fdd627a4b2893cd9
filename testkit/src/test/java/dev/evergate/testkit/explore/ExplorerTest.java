package dev.evergate.testkit.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class ExplorerTest {
    /** A system of named states; {@code "fault:x"} leads to {@code x} only by a fault. */
    private record Graph(Map<String, List<String>> ways, List<String> rests, List<String> waiting)
            implements Model<String> {
        @Override
        public String initial() {
            return "start";
        }

        @Override
        public List<Step<String>> steps(String state) {
            return ways.getOrDefault(state, List.of()).stream()
                    .map(
                            to ->
                                    to.startsWith("fault:")
                                            ? Step.adverse(to, to.substring(6))
                                            : Step.of("to " + to, to))
                    .toList();
        }

        @Override
        public boolean isRest(String state) {
            return rests.contains(state);
        }

        @Override
        public List<String> pending(String state) {
            return waiting.contains(state) ? List.of("a wish") : List.of();
        }
    }

    @Test
    void findsNothingWrongWithASystemThatComesToRest() {
        var graph =
                new Graph(
                        Map.of("start", List.of("a", "b"), "a", List.of("b")),
                        List.of("b"),
                        List.of("a"));

        assertThat(Explorer.explore(graph, 10))
                .isEqualTo(new Explorer.Report(3, 1, true, Optional.empty()));
    }

    @Test
    void findsAStateThatOnlyAFaultWouldLeave() {
        var graph =
                new Graph(
                        Map.of("start", List.of("a"), "a", List.of("fault:b")),
                        List.of("b"),
                        List.of());

        assertThat(Explorer.explore(graph, 10).defect())
                .hasValueSatisfying(it -> assertThat(it).contains("deadlock", "to a"));
    }

    @Test
    void findsAStateThatMovesOnTheSpotOnly() {
        var graph = new Graph(Map.of("start", List.of("start")), List.of(), List.of());

        assertThat(Explorer.explore(graph, 10).defect())
                .hasValueSatisfying(it -> assertThat(it).contains("deadlock"));
    }

    @Test
    void findsAWayRoundOnWhichAWishStaysPending() {
        Map<String, List<String>> ways =
                Map.of("start", List.of("a"), "a", List.of("b", "end"), "b", List.of("a"));

        assertThat(
                        Explorer.explore(new Graph(ways, List.of("end"), List.of("a", "b")), 10)
                                .defect())
                .hasValueSatisfying(
                        it -> assertThat(it).contains("a wish may never end", "to b", "to a"));
        assertThat(Explorer.explore(new Graph(ways, List.of("end"), List.of("a")), 10).defect())
                .isEmpty();
    }

    @Test
    void saysWhenTheStatedDepthWasNotEnough() {
        var graph =
                new Graph(
                        Map.of("start", List.of("a"), "a", List.of("b")), List.of("b"), List.of());

        assertThat(Explorer.explore(graph, 1).isComplete()).isFalse();
    }
}
