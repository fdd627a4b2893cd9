package dev.evergate.testkit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.journal.Restarts;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The rules of {@link Restarts}. */
abstract class RestartRules {
    private static final int KEPT = 200;

    abstract JournalContract fixture();

    @Test
    void keepsAReportWithAllItsFieldsAcrossLives() {
        RestartReport report =
                report(42, Map.of("moved", "1000", "step.rehearse ms", "71", "a = \n 'ü", ""));

        restarts().add(report);
        fixture().reopen();

        assertThat(restarts().find(42)).contains(report);
        assertThat(restarts().find(41)).isEmpty();
    }

    @Test
    void showsTheHighestGenerationsFirst() {
        for (long generation : List.of(5L, 7L, 3L, 9L)) {
            restarts().add(report(generation, Map.of("n", "" + generation)));
        }

        assertThat(restarts().newest(3))
                .extracting(RestartReport::generation)
                .containsExactly(9L, 7L, 5L);
        assertThat(restarts().newest(100)).hasSize(4);
        assertThat(restarts().newest(1).getFirst().fields()).isEqualTo(Map.of("n", "9"));
    }

    @Test
    void replacesAReportOfTheSameGeneration() {
        restarts().add(report(42, Map.of("early", "1", "both", "1")));
        restarts().add(report(42, Map.of("both", "2")));

        assertThat(restarts().newest(10)).containsExactly(report(42, Map.of("both", "2")));
    }

    @Test
    void forgetsWhatIsOlderThanTheNewestTwoHundred() {
        LongStream.rangeClosed(1, KEPT + 3)
                .forEach(generation -> restarts().add(report(generation, Map.of("a", "b"))));

        assertThat(restarts().newest(1_000)).hasSize(KEPT);
        assertThat(restarts().find(3)).isEmpty();
        assertThat(restarts().find(4)).isPresent();
    }

    @Test
    void needsNoLease() {
        restarts().add(report(1, Map.of()));

        assertThat(restarts().newest(1)).hasSize(1);
    }

    private static RestartReport report(long generation, Map<String, String> fields) {
        return new RestartReport(
                generation,
                generation - 1,
                "gateway restart",
                "committed",
                "because it was asked for",
                Samples.NOW_MS,
                1_234,
                fields);
    }

    private Restarts restarts() {
        return fixture().journal().restarts();
    }
}
