package dev.evergate.keeper.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeper and generation are killed while they write; nothing but their very last record is lost.
 */
@Tag("process")
class RingKillTest {
    private static final int WRITERS = 2;
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir Path folder;

    @Test
    void recordsSurviveSigkillAtAnyInstant() throws Exception {
        kill(10);
    }

    @Test
    @Tag("full")
    void recordsSurviveSigkillFiftyTimes() throws Exception {
        kill(50);
    }

    private void kill(int rounds) throws Exception {
        Path path = folder.resolve("ring");
        new Ring(path, true).write(marker());
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        long before = 1;
        for (int round = 1; round <= rounds; round++) {
            Process keeper = start(path, RingRecord.Source.KEEPER);
            Process generation = start(path, RingRecord.Source.GENERATION);
            try {
                awaitBoth(path, before);
                LockSupport.parkNanos(random.nextInt(5_000_000));
            } finally {
                keeper.destroyForcibly();
                generation.destroyForcibly();
            }
            assertThat(keeper.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(generation.waitFor(60, TimeUnit.SECONDS)).isTrue();

            List<RingRecord> records = RingReader.read(path);
            long last = records.getLast().seq();
            long first = Math.max(before, last - RingReader.CAPACITY + 1);
            long whole = records.stream().filter(entry -> entry.seq() >= first).count();
            assertThat(last - first + 1 - whole)
                    .as("missing in round %d with seed %d", round, seed)
                    .isLessThanOrEqualTo(WRITERS);
            assertThat(records)
                    .allMatch(entry -> entry.text().startsWith(entry.generation() + " "));
            before = last + 1;
        }
    }

    private static void awaitBoth(Path path, long before) {
        long end = System.nanoTime() + WAIT_NANOS;
        while (System.nanoTime() < end) {
            List<RingRecord> records = RingReader.read(path, before);
            if (records.stream().map(RingRecord::source).distinct().count() == WRITERS) {
                return;
            }
            LockSupport.parkNanos(1_000_000);
        }
        throw new AssertionError("the writers wrote nothing");
    }

    private static Process start(Path path, RingRecord.Source process) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx24m",
                        "-cp",
                        System.getProperty("java.class.path", ""),
                        RingWriterMain.class.getName(),
                        path.toString(),
                        process.name())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static RingRecord marker() {
        return RingRecord.of(
                1, RingRecord.Source.KEEPER, RingRecord.Level.INFO, 0, "test.start", "0 start");
    }
}
