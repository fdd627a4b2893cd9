package dev.evergate.keeper.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

class LogDateTest {
    @Test
    void datesAreThoseOfTheCalendar() {
        for (String instant :
                List.of(
                        "1970-01-01T00:00:00.000Z",
                        "2000-02-29T23:59:59.999Z",
                        "2026-11-22T01:02:03.004Z",
                        "2100-03-01T12:00:00.500Z")) {
            long epochMs = Instant.parse(instant).toEpochMilli();

            assertThat(LogDate.instant(epochMs)).isEqualTo(instant);
            assertThat(LogDate.day(epochMs)).isEqualTo(instant.substring(0, 10));
        }
    }
}
