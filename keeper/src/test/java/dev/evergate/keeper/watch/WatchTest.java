package dev.evergate.keeper.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.os.ThreadTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class WatchTest {
    private static final long BEAT_MS = 250;

    private final Scene scene = new Scene();

    @Test
    void findsNothingWrongWithOneThatBeats() {
        assertThat(scene.live(60_000)).isEqualTo(new Finding.Fine());
        assertThat(scene.findings).isEmpty();
    }

    @Test
    void findsAStoppedProcessASecondAndAHalfAfterItsLastBeat() {
        scene.live(10_000);
        scene.isSilent = true;
        scene.process = 'T';

        Finding finding = scene.live(20_000);

        assertThat(reason(finding)).contains("no beat for 1500 ms").contains("stopped (state T)");
        assertThat(scene.nowMs).isEqualTo(11_500);
    }

    @Test
    void findsADeadProcessWhoseThreadsStillRun() {
        scene.isSilent = true;
        scene.process = 'Z';

        assertThat(reason(scene.live(20_000))).contains("dead (state Z)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "door", "worker-0", "worker-1"})
    void findsABlockedLoopWithinTwoSeconds(String loop) {
        scene.live(10_100);
        scene.stuck(loop);

        Finding finding = scene.live(20_000);

        assertThat(reason(finding)).contains("loop " + loop + " is stuck for 15");
        assertThat(reason(finding)).contains("for neither a core nor a disk");
        assertThat(scene.nowMs).isBetween(11_600L, 12_000L);
    }

    @Test
    void blamesTheThreadThatBurns() {
        scene.stuck("worker-1");
        scene.thread("worker-3-2", 'R', 1.0, 0);

        Finding finding = scene.live(20_000);

        assertThat(reason(finding)).contains("thread worker-3-2 has used 500 ms of CPU in 500 ms");
        assertThat(((Finding.Wedged) finding).thread()).isEqualTo("worker");
    }

    @Test
    void findsABurningLoopAlsoWhenItGetsOnlyHalfACore() {
        scene.stuck("core");
        scene.thread("core", 'R', 0.5, 0.5);

        assertThat(scene.live(20_000)).isInstanceOf(Finding.Wedged.class);
        assertThat(scene.findings).anyMatch(Finding.Slow.class::isInstance);
        assertThat(scene.nowMs).isLessThan(2_200);
    }

    @Test
    void findsADeadlockWhileTheOthersServe() {
        scene.stuck("core");
        scene.thread("worker-3-1", 'R', 0.7, 0.1);

        assertThat(scene.live(20_000)).isInstanceOf(Finding.Wedged.class);
        assertThat(scene.nowMs).isLessThan(2_000);
    }

    @Test
    void findsOneThatOnlyCollectsGarbage() {
        scene.live(10_000);
        scene.gcShare = 0.95;

        Finding finding = scene.live(20_000);

        assertThat(reason(finding)).contains("collects garbage");
        assertThat(scene.nowMs).isBetween(13_000L, 14_000L);
    }

    @Test
    void letsItCollectForAWhile() {
        scene.live(10_000);
        scene.gcShare = 0.95;
        scene.live(2_500);
        scene.gcShare = 0.1;

        assertThat(scene.live(20_000)).isInstanceOf(Finding.Fine.class);
    }

    @Test
    void letsACollectionStopEverythingForThreeSeconds() {
        scene.isSilent = true;
        scene.thread("VM Thread", 'R', 0.95, 0);

        Finding before = scene.live(2_900);
        Finding after = scene.live(1_000);

        assertThat(before).isInstanceOf(Finding.Suspect.class);
        assertThat(reason(after)).contains("no beat").contains("collects garbage");
    }

    @Test
    void callsOneSlowThatWaitsForACoreAndKillsItAfterTenSeconds() {
        scene.isSilent = true;
        scene.thread("timers", 'R', 0.05, 0.9);

        Finding early = scene.live(10_900);
        Finding late = scene.live(1_000);

        assertThat(early).isInstanceOf(Finding.Slow.class);
        assertThat(((Finding.Slow) early).reason()).contains("thread timers waited");
        assertThat(reason(late)).contains("lasted for too long");
    }

    /** The kernel counts the wait of a thread only when it gets a core at last. */
    @Test
    void callsOneSlowThatGetsNoCoreAtAll() {
        scene.isSilent = true;
        scene.thread("timers", 'R', 0, 0);

        assertThat(scene.live(9_000)).isInstanceOf(Finding.Slow.class);
    }

    /** It had a core for a moment and has wanted one ever since, which is not counted yet. */
    @ParameterizedTest
    @ValueSource(strings = {"door", "worker-0"})
    void callsOneSlowThatIsReadyToRun(String loop) {
        scene.stuck(loop);
        for (String thread : List.of("door-2-1", "worker-3-1", "worker-3-2")) {
            scene.thread(thread, 'R', 0.05, 0.4);
        }

        assertThat(scene.live(10_900)).isInstanceOf(Finding.Slow.class);
        assertThat(reason(scene.live(1_000))).contains("lasted for too long");
    }

    @Test
    void findsABlockedWorkerWhileTheOtherIsReadyToRun() {
        scene.stuck("worker-0");
        scene.thread("worker-3-2", 'R', 0.05, 0.4);

        assertThat(scene.live(20_000)).isInstanceOf(Finding.Wedged.class);
        assertThat(scene.nowMs).isLessThan(2_000);
    }

    @Test
    void callsOneSlowWhoseThreadWaitsForTheDisk() {
        scene.stuck("core");
        scene.thread("core", 'D', 0, 0);

        assertThat(scene.live(9_000)).isInstanceOf(Finding.Slow.class);
    }

    @Test
    void acceptsNoExcuseOfCompilers() {
        scene.stuck("core");
        scene.thread("C2 CompilerThre", 'R', 0, 1.0);

        assertThat(scene.live(9_000)).isInstanceOf(Finding.Wedged.class);
    }

    @Test
    void forgetsASlowOneThatRecovers() {
        scene.stuck("core");
        scene.thread("core", 'R', 0.02, 0.98);
        scene.live(8_000);
        scene.stuckSinceMs.clear();
        Finding recovered = scene.live(1_000);
        scene.stuck("core");

        assertThat(recovered).isEqualTo(new Finding.Fine());
        assertThat(scene.live(8_000)).isInstanceOf(Finding.Slow.class);
    }

    @Test
    void doesNotJudgeTheWriterOfTheStore() {
        scene.stuck("store-writer");

        assertThat(scene.live(60_000)).isEqualTo(new Finding.Fine());
    }

    @Test
    void takesNoLoopForStuckThatWasBusyOnlyOnce() {
        for (int i = 0; i < 20; i++) {
            scene.stuck("core");
            assertThat(scene.live(1_200)).isNotInstanceOf(Finding.Wedged.class);
            scene.stuckSinceMs.clear();
            scene.live(300);
        }
    }

    @Test
    void blamesNobodyForThePauseOfAWholeMachine() {
        scene.live(10_000);
        scene.stuck("core");
        scene.nowMs += 600_000;
        scene.watch.startAnew(scene.nowMs);
        scene.live(100);
        scene.stuckSinceMs.clear();

        assertThat(scene.live(5_000)).isEqualTo(new Finding.Fine());
    }

    /** What would happen without starting anew: the check above does find it. */
    @Test
    void wouldBlameAProcessThatIsStillStoppedWhenTheKeeperIsNot() {
        scene.live(10_000);
        scene.isSilent = true;
        scene.process = 'T';
        scene.nowMs += 600_000;

        assertThat(scene.live(600)).isInstanceOf(Finding.Wedged.class);
    }

    private static String reason(Finding finding) {
        assertThat(finding).isInstanceOf(Finding.Wedged.class);
        return ((Finding.Wedged) finding).reason();
    }

    /** A generation that beats every 250 ms and a keeper that looks when the watch says so. */
    private static final class Scene {
        private final Watch watch = new Watch(0);
        private final Map<String, Long> stuckSinceMs = new LinkedHashMap<>();
        private final Map<String, long[]> threads = new LinkedHashMap<>();
        private final Map<String, Character> states = new LinkedHashMap<>();
        private final List<Finding> findings = new ArrayList<>();
        private long nowMs;
        private double gcNs;
        private double gcShare;
        private char process = 'S';
        private boolean isSilent;

        Scene() {
            for (String name : List.of("core", "door-2-1", "worker-3-1", "worker-3-2", "timers")) {
                thread(name, 'S', 0, 0);
            }
            thread("VM Thread", 'S', 0, 0);
            thread("C2 CompilerThre", 'S', 0, 0);
        }

        /** From now on a thread is in this state and gets these shares of each millisecond. */
        void thread(String name, char state, double cpu, double waited) {
            long[] old = threads.getOrDefault(name, new long[4]);
            threads.put(
                    name, new long[] {old[0], old[1], (long) (cpu * 1e6), (long) (waited * 1e6)});
            states.put(name, state);
        }

        void stuck(String loop) {
            stuckSinceMs.put(loop, nowMs);
        }

        Testimony testify() {
            List<ThreadTable.Entry> entries = new ArrayList<>();
            long tid = 1;
            for (Map.Entry<String, long[]> thread : threads.entrySet()) {
                long[] times = thread.getValue();
                char state = states.getOrDefault(thread.getKey(), 'S');
                entries.add(
                        new ThreadTable.Entry(tid++, thread.getKey(), state, times[0], times[1]));
            }
            return new Testimony(nowMs, process, entries);
        }

        /** Lives for a time; returns the wedge it was found in, or what the last look said. */
        Finding live(long durationMs) {
            Finding last = new Finding.Fine();
            long end = nowMs + durationMs;
            while (nowMs < end) {
                nowMs++;
                for (long[] times : threads.values()) {
                    times[0] += times[2];
                    times[1] += times[3];
                }
                if (nowMs % BEAT_MS == 0 && !isSilent) {
                    watch.beat(new Beat("running", (long) (gcNs / 1e6), ages()), nowMs);
                }
                gcNs += gcShare * 1e6;
                if (nowMs >= watch.nextLookMs()) {
                    last = watch.look(nowMs, this::testify);
                    findings.add(last);
                    if (last instanceof Finding.Wedged) {
                        return last;
                    }
                }
            }
            return last;
        }

        private Map<String, Long> ages() {
            Map<String, Long> ages = new LinkedHashMap<>();
            for (String loop : List.of("core", "door", "worker-0", "worker-1", "store-writer")) {
                ages.put(loop, stuckSinceMs.containsKey(loop) ? nowMs - stuckSinceMs.get(loop) : 0);
            }
            return ages;
        }
    }
}
