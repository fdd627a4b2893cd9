package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

@Tag("I13")
@Tag("I14")
class ReadinessMonitorTest {
    private final SimWorld world = new SimWorld(1);
    private final FakeStore store = new FakeStore();
    private final Map<String, Long> loopAgesMs = new ConcurrentHashMap<>(Map.of("core", 0L));
    private final ReadinessMonitor monitor =
            new ReadinessMonitor(
                    world,
                    store,
                    () -> Map.copyOf(loopAgesMs),
                    () -> List.of("no-model"),
                    new ReadinessMonitor.Identity("instance", 7));

    private final class FakeStore implements ReadinessMonitor.Store {
        private long commitMs = 2;
        private boolean refuses;
        private boolean hangs;
        private long freeBytes = Long.MAX_VALUE;

        @Override
        public void proveWritable() {
            world.pause(commitMs);
            boolean _ = world.await(() -> !hangs, 40_000);
            if (refuses) {
                throw new EvergateException(ErrorCode.STATE_UNUSABLE, "no space left");
            }
        }

        @Override
        public long freeBytes() {
            return freeBytes;
        }
    }

    private void serve() {
        monitor.start();
        monitor.leaseTaken(3);
        monitor.moved(Phase.RUNNING);
        world.advance(2_000);
        assertThat(monitor.get().failing()).isEmpty();
    }

    @Test
    void isReadyFromTheFirstMomentAndThenByProof() {
        assertThat(monitor.get().failing()).containsExactly("starting");
        monitor.start();
        monitor.moved(Phase.STANDBY);
        assertThat(monitor.get().failing()).containsExactly("starting");
        monitor.leaseTaken(3);
        monitor.moved(Phase.RUNNING);

        assertThat(monitor.get().isReady()).isTrue();
        assertThat(monitor.get().epoch()).isEqualTo(3);
        assertThat(monitor.get().notices()).containsExactly("no-model");
    }

    @Test
    void seesAStoreThatRefusesWithinASecondAndItsRecovery() {
        serve();
        store.refuses = true;
        world.advance(1_000);
        assertThat(monitor.get().failing()).containsExactly("state-database");

        store.refuses = false;
        world.advance(1_000);
        assertThat(monitor.get().isReady()).isTrue();
    }

    @Test
    @Tag("I29")
    void seesADiskThatIsFullAlthoughAProofStillFits() {
        serve();
        store.freeBytes = 4_096;
        world.advance(1_000);
        assertThat(monitor.get().failing()).containsExactly("state-database");
    }

    @Test
    void seesAWriterThatHangsInLittleMoreThanASecond() {
        serve();
        store.hangs = true;
        world.advance(1_000);
        loopAgesMs.put("store-writer", 1_001L);
        world.advance(250);
        assertThat(monitor.get().failing()).containsExactly("state-database");

        loopAgesMs.put("store-writer", 0L);
        store.hangs = false;
        world.advance(1_000);
        assertThat(monitor.get().isReady()).isTrue();
    }

    @Test
    void seesAProofThatWaitsForEverBehindOthers() {
        serve();
        store.hangs = true;
        world.advance(3_000);
        assertThat(monitor.get().failing()).containsExactly("state-database");
    }

    @Test
    @Tag("D4")
    void doesNotFlapOnASlowDisk() {
        serve();
        store.commitMs = 1_000; // 500 ms for the commit before, 500 for its own
        for (int i = 0; i < 300; i++) {
            loopAgesMs.put("store-writer", (i % 10) * 50L);
            world.advance(50);
            assertThat(monitor.get().failing()).as("after %d ms", i * 50).isEmpty();
        }
    }

    @Test
    void seesALoopThatDoesNotComeRound() {
        serve();
        loopAgesMs.put("core", 1_200L);
        world.advance(250);
        assertThat(monitor.get().failing()).containsExactly("admission");

        loopAgesMs.put("core", 0L);
        world.advance(250);
        assertThat(monitor.get().isReady()).isTrue();
    }

    @Test
    void quotesNothingOldWhenItsOwnTimerHangs() {
        monitor.leaseTaken(3); // not started: its timer never comes
        monitor.moved(Phase.RUNNING);
        world.advance(1_250);

        assertThat(monitor.get().failing()).containsExactly("admission");
        assertThat(monitor.get().observedAtNanos()).isEqualTo(world.time().nanos());
    }

    @Test
    void goesFirstWhenAStopBegins() {
        serve();
        store.hangs = true;

        monitor.moved(Phase.DRAINING);

        assertThat(monitor.get().phase()).isEqualTo(Phase.DRAINING);
        assertThat(monitor.get().failing()).containsExactly("gateway-draining");
    }
}
