package dev.evergate.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class LatenciesTest {
    private static final long MS = 1_000_000;

    @Test
    void tellsWhatBeganInAWindowFromTheRest() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 10_000; i++) {
            latencies.add(i * MS, i * MS + (i < 5_000 ? 1 : 3) * MS);
        }

        assertThat(latencies.figures(List.of(new Latencies.Window(0, 5_000 * MS))))
                .isEqualTo(new Latencies.Figures(5_000, 1, 1, 1, 1));
        assertThat(latencies.figures()).isEqualTo(new Latencies.Figures(10_000, 1, 3, 3, 3));
    }

    @Test
    void hasNoFiguresOfNothing() {
        assertThat(new Latencies().figures().max()).isNaN();
    }
}
