package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.journal.Samples;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.TimeLimit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/** Two stores that write at full rate into one file, as in the worst moment of a hand-over. */
final class TwoWritersTest {
    /** Enough to keep a writer busy all the time. */
    private static final int MANY = 100;

    private static final int FEW = 4;
    private static final long RUN_MS = 3_000;

    /** Far above what is seen (100 to 400 ms on a busy machine), far below the 5 s of patience. */
    private static final long WAIT_MS_MAX = 1_500;

    /** Of one that waits for a gap each time. */
    private static final int WRITES_MIN = 50;

    @TempDir private Path data;

    @Test
    void bothGetOnAndNeitherWaitsLongHoweverBusyTheOtherIs() {
        try (StoreFixture old = new StoreFixture(data);
                StoreFixture next = new StoreFixture(data)) {
            List<CompletableFuture<long[]>> oldCallers = callers("old", old, MANY);
            List<CompletableFuture<long[]>> nextCallers = callers("next", next, FEW);

            long[] oldWaits = waitsMs(oldCallers);
            long[] nextWaits = waitsMs(nextCallers);

            assertThat(p99(oldWaits)).as("p99 of the old").isLessThan(WAIT_MS_MAX);
            assertThat(p99(nextWaits)).as("p99 of the next").isLessThan(WAIT_MS_MAX);
            assertThat(oldWaits).hasSizeGreaterThan(WRITES_MIN);
            assertThat(nextWaits).hasSizeGreaterThan(WRITES_MIN);
        }
    }

    private static List<CompletableFuture<long[]>> callers(
            String name, StoreFixture store, int many) {
        List<CompletableFuture<long[]>> callers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            String prefix = name + "-" + i + "-";
            callers.add(store.start(() -> write(store, prefix)));
        }
        return callers;
    }

    /** Accepts message after message; how long each took, in milliseconds. */
    private static long[] write(StoreFixture store, String prefix) {
        LongStream.Builder waits = LongStream.builder();
        TimeLimit limit = TimeLimit.in(RUN_MS);
        for (int i = 0; limit.leftMs() > 0; i++) {
            FairWatch watch = FairWatch.start();
            var _ = store.store.inbox().accept(Samples.message(prefix + i, "main"));
            waits.add(Math.round(watch.ms()));
        }
        return waits.build().toArray();
    }

    private static long[] waitsMs(List<CompletableFuture<long[]>> callers) {
        return callers.stream()
                .flatMapToLong(caller -> Arrays.stream(caller.join()))
                .sorted()
                .toArray();
    }

    private static long p99(long[] sorted) {
        return sorted[sorted.length * 99 / 100];
    }
}
