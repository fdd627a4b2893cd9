package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I9")
class BackoffTest {
    @Test
    void doublesFromAQuarterSecondToHalfAMinute() {
        long[] expected = {0, 0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000};
        for (int failures = 0; failures < expected.length; failures++) {
            assertThat(Backoff.delayMs(failures, 0)).isEqualTo(expected[failures]);
        }
        assertThat(Backoff.delayMs(Integer.MAX_VALUE, 0)).isEqualTo(30_000);
    }

    @Test
    void spreadsByUpToAQuarter() {
        assertThat(Backoff.delayMs(4, 0.5)).isEqualTo(875);
        assertThat(Backoff.delayMs(4, 0.999999)).isBetween(750L, 751L);
    }
}
