package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a keeper does with generations that make no progress, or do not end. */
@Tag("process")
class HurtGenerationTest {
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;
    private static final Map<String, String> SHORT_PATIENCE =
            Map.of("EVERGATE_GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS", "300");

    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    @Test
    @Tag("I5")
    void aStoppedGenerationIsReplacedAndNobodyIsRefused() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            long stopped = keeper.awaitServing(1).generationPid();
            try (Visitors visitors = new Visitors(keeper.port())) {
                keeper.await("a visitor", () -> visitors.served.get() > 0 ? "" : null);

                ProcessControl.signal(stopped, SIGSTOP);
                keeper.awaitServing(2);

                keeper.await(
                        "an answer", () -> visitors.answers.contains("generation 2") ? "" : null);
                assertThat(visitors.refused).hasValue(0);
            }
            assertThat(ProcessTable.find(stopped)).isEmpty();
            assertThat(keeper.log())
                    .contains("\"event\":\"generation.wedged\"")
                    .contains("its process is stopped (state T)");
            assertThat(onlyDump(keeper)).contains("makes no progress").contains("(state T)");
        }
    }

    @Test
    @Tag("I5")
    @Tag("I7")
    @Tag("I8")
    void aStuckGenerationEndsWithItsChildrenBeforeTheNextIsWelcome() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "stuck")) {
            keeper.await("an orphan", () -> Files.readString(keeper.state().resolve("orphan")));
            long child = Long.parseLong(Files.readString(keeper.state().resolve("orphan")).strip());
            try (Visitors visitors = new Visitors(keeper.port())) {
                keeper.behave("serve");
                keeper.awaitServing(2);

                assertThat(visitors.refused).hasValue(0);
            }
            keeper.await("the child is gone", () -> ProcessTable.find(child).isEmpty() ? "" : null);
            assertThat(keeper.state().resolve("overlap")).doesNotExist();
            assertThat(keeper.log()).contains("loop core is stuck for 1").contains("thread core");
            assertThat(onlyDump(keeper)).contains("loop core is stuck");
        }
    }

    /** The check above does notice two that live at the same time. */
    @Test
    void generationsDoNoticeOneThatLivesBesideThem() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.writeString(keeper.state().resolve("pid-0"), "1");
            Files.writeString(keeper.state().resolve("pid-1"), Long.toString(keeper.pid()));
            keeper.killGeneration();
            keeper.awaitServing(2);

            assertThat(keeper.state().resolve("overlap")).exists();
        }
    }

    @Test
    void aPausedGatewayGoesOnAsIfNothingHadBeen() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            long generation = keeper.awaitServing(1).generationPid();
            for (int i = 0; i < 2; i++) {
                ProcessControl.signal(generation, SIGSTOP);
                ProcessControl.signal(keeper.pid(), SIGSTOP);
                HostTime.sleep(2_500); // The pause is what is tested.
                ProcessControl.signal(keeper.pid(), SIGCONT);
                ProcessControl.signal(generation, SIGCONT);
                keeper.await("it answers", () -> KeeperProcess.get(keeper.port()));
                HostTime.sleep(2_000); // Long enough for a verdict to fall.
            }

            assertThat(keeper.owner().generation()).isEqualTo(1);
            assertThat(keeper.log()).contains("keeper.late").doesNotContain("generation.wedged");
        }
    }

    @Test
    void aFinishedGenerationThatStaysIsDescribedOnceAndKilled() throws Exception {
        try (KeeperProcess keeper = start("zombie")) {
            keeper.awaitServing(1);

            keeper.signal("USR1");
            keeper.awaitServing(2);

            assertThat(keeper.log().split("zombie_detected", -1)).hasSize(2);
            assertThat(onlyDump(keeper)).contains("had finished but was still there 300 ms later");
            keeper.signal("TERM");
            assertThat(keeper.awaitExit()).isZero();
            assertThat(keeper.log().split("zombie_detected", -1)).hasSize(3);
        }
    }

    @Test
    void aRefusedStartThatStaysIsAZombieTooAndTheKeeperFails() throws Exception {
        try (KeeperProcess keeper = start("stay nobody can serve this")) {
            assertThat(keeper.awaitExit()).isEqualTo(78);
            assertThat(keeper.log()).contains("gateway.shutdown.zombie_detected");
            assertThat(keeper.console()).contains("evergate: nobody can serve this");
        }
    }

    @Test
    void anOrderlyRestartLeavesNoTraceOfAllThis() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            keeper.signal("USR2");
            keeper.awaitServing(2);
            keeper.signal("TERM");
            assertThat(keeper.awaitExit()).isZero();

            assertThat(keeper.log()).doesNotContain("zombie").doesNotContain("wedged");
            assertThat(keeper.state().resolve("dumps")).doesNotExist();
        }
    }

    @Test
    @Tag("I9")
    void aStartThatHangsIsReplaced() throws Exception {
        Files.writeString(stateFolder().resolve("behaviour"), "late");
        Map<String, String> limits = Map.of("EVERGATE_GATEWAY_START_TIMEOUT_MS", "2000");
        try (KeeperProcess keeper = KeeperProcess.start(folder, 0, limits)) {
            keeper.await("a start", () -> Files.readString(keeper.state().resolve("pid-1")));
            keeper.behave("serve");

            keeper.awaitServing(2);

            assertThat(keeper.log()).contains("did not start within 2000 ms");
        }
    }

    @Test
    @Tag("I9")
    void whatFailsThreeTimesIsStartedWithLessAndHealsWhenTheConfigurationChanges()
            throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "only safe")) {
            keeper.awaitServing(7);
            assertThat(keeper.log())
                    .containsSubsequence("mode normal", "mode last-good", "mode safe");
            keeper.behave("serve");
            keeper.signal("HUP");

            keeper.awaitServing(8);

            String log = keeper.log();
            assertThat(log.substring(log.lastIndexOf("generation.started")))
                    .contains("mode normal");
        }
    }

    @Test
    @Tag("I9")
    void aTrialThatFailsIsNoMatterToWhatServes() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "only last-good")) {
            keeper.awaitServing(4);
            keeper.signal("USR1");
            keeper.await("it is over", () -> keeper.log().contains("restart.aborted") ? "" : null);

            assertThat(keeper.awaitServing(4).generation()).isEqualTo(4);
            assertThat(keeper.log()).containsSubsequence("mode last-good", "mode normal");
        }
    }

    @Test
    @Tag("I9")
    void oneThatDiesAsSoonAsItServesIsNotStartedWithoutPause() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "fall")) {
            keeper.await("a pause", () -> keeper.owner().phase().equals("backoff") ? "" : null);
            keeper.behave("serve");

            keeper.awaitServing(3);
        }
    }

    /** Its loop opens the next generation's error file, a pipe nobody reads: that never returns. */
    @Test
    @Tag("I2")
    void aKeeperThatHangsEndsAllTheSame() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Path pipe = keeper.state().resolve("logs/generation-2.err");
            new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
            keeper.killGeneration();
            keeper.await("it hangs", () -> has(keeper, "wchan", "wait_for_partner") ? "" : null);

            keeper.signal("TERM");
            keeper.await("it heard", () -> has(keeper, "comm", "stop-watchdog") ? "" : null);
            keeper.signal("TERM");

            FairWatch watch = FairWatch.start();
            keeper.awaitExit();
            assertThat(watch.ms()).isLessThan(10_000);
        }
    }

    /** Whether a thread of the keeper's process has this said about it in this file. */
    private static boolean has(KeeperProcess keeper, String file, String text) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + keeper.pid() + "/task"))) {
            return tasks.anyMatch(task -> read(task.resolve(file)).contains(text));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private KeeperProcess start(String behaviour) throws Exception {
        Files.writeString(stateFolder().resolve("behaviour"), behaviour);
        return KeeperProcess.start(folder, 0, SHORT_PATIENCE);
    }

    private Path stateFolder() throws IOException {
        return Files.createDirectories(folder.resolve("state"));
    }

    private static String onlyDump(KeeperProcess keeper) throws Exception {
        Path dumps = keeper.state().resolve("dumps");
        return keeper.await(
                "a dump",
                () -> {
                    try (Stream<Path> files = Files.list(dumps)) {
                        List<Path> all = files.toList();
                        assertThat(all).hasSize(1);
                        assertThat(Files.getPosixFilePermissions(all.getFirst()))
                                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
                        return Files.readString(all.getFirst());
                    }
                });
    }
}
