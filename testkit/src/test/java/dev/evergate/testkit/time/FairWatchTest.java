package dev.evergate.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

class FairWatchTest {
    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
    private final AtomicLong scarceNanos = new AtomicLong(1_000_000_000L);

    @Test
    void countsWaitingAndNotWhatTheMachineOwed() {
        var watch = new FairWatch(nanos::get, scarceNanos::get);
        nanos.addAndGet(900_000_000);
        assertThat(watch.ms()).isEqualTo(900);

        nanos.addAndGet(400_000_000);
        scarceNanos.addAndGet(300_000_000);
        assertThat(watch.ms()).isEqualTo(1_000);
    }

    @Test
    void isNeverBehindItsBeginning() {
        var watch = new FairWatch(nanos::get, scarceNanos::get);
        scarceNanos.addAndGet(1);

        assertThat(watch.ms()).isZero();
    }

    @Test
    void forgivesNoMoreThanThreeQuarters() {
        var watch = new FairWatch(nanos::get, scarceNanos::get);
        nanos.addAndGet(1_000_000_000);
        scarceNanos.addAndGet(990_000_000);

        assertThat(watch.ms()).isEqualTo(250);
    }

    @Test
    void readsTheKernelsCount(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("cpu"),
                        """
                        some avg10=97.61 avg60=92.19 avg300=90.30 total=25389954129
                        full avg10=0.00 avg60=0.00 avg300=0.00 total=7
                        """);
        assertThat(FairWatch.scarceMicros(file)).isEqualTo(25_389_954_129L);
        assertThat(FairWatch.scarceMicros(Files.writeString(file, "off\n"))).isZero();
        assertThat(FairWatch.scarceMicros(folder.resolve("none"))).isZero();
    }
}
