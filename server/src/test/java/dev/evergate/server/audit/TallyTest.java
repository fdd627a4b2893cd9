package dev.evergate.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.server.audit.Tally.Due;
import dev.evergate.server.audit.Tally.Key;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

@Tag("S18")
final class TallyTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Tally tally = new Tally(10, 0);

    @Test
    void whatIsNewIsDueAtOnceAndWhatFollowsByTheMinute() {
        assertThat(tally.add(from("a"), 1)).isTrue();
        assertThat(tally.take(0, false)).containsExactly(new Due(from("a"), 1));

        assertThat(tally.add(from("a"), 1)).isFalse();
        assertThat(tally.add(from("a"), 1)).isFalse();

        assertThat(tally.take(1, false)).isEmpty();
        assertThat(tally.take(MINUTE, true)).containsExactly(new Due(from("a"), 2));
        assertThat(tally.take(2 * MINUTE, true)).isEmpty();
        assertThat(tally.add(from("a"), 1)).isTrue();
    }

    @Test
    void aFloodFromEverywhereIsAFewEntriesAnHourAndLosesNoCount() {
        List<Due> written = new ArrayList<>();
        for (int minute = 0; minute < 60; minute++) {
            for (int i = 0; i < 1_000; i++) {
                boolean isNew = tally.add(from(minute + "." + i), 1);
                if (isNew) {
                    written.addAll(tally.take(minute * MINUTE, false));
                }
            }
            written.addAll(tally.take(minute * MINUTE, true));
        }

        assertThat(written).hasSizeLessThanOrEqualTo(10);
        written.addAll(tally.takeAll());
        assertThat(written).hasSizeLessThan(1_100);
        assertThat(written.stream().mapToLong(Due::times).sum()).isEqualTo(60_000);
        assertThat(written.getLast().key().actor().address()).isEqualTo("several");
    }

    @Test
    void hasRoomAgainInTheNextHour() {
        for (int i = 0; i < 20; i++) {
            boolean _ = tally.add(from("x" + i), 1);
        }
        assertThat(tally.take(0, true)).hasSize(10);
        assertThat(tally.take(59 * MINUTE, true)).isEmpty();

        assertThat(tally.take(60 * MINUTE, true)).hasSize(10);
    }

    private static Key from(String address) {
        return new Key(
                new Actor("", "", "", "", "", address),
                new Act("connect", "", "", ""),
                "AUTH_TOKEN_MISMATCH");
    }
}
