package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A state directory has one owner, whatever state that one is in. */
@Tag("process")
@Tag("I4")
@Tag("I7")
class OwnershipTest {
    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    private KeeperProcess second() throws Exception {
        return KeeperProcess.start(folder, 0, Map.of());
    }

    private KeeperProcess secondAt(String state) throws Exception {
        return KeeperProcess.start(
                folder, KeeperProcess.command(folder, Path.of(state), 0), Map.of());
    }

    /** The process ends by itself when the test ends it, or never: then the test does. */
    private Process silentOwner(long named, List<String> child) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xint", "-Xmx24m", "-XX:+UseSerialGC"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        command.addAll(List.of(KeeperProcess.classPath(), SilentOwner.class.getName()));
        command.addAll(List.of(folder.resolve("state").toString(), Long.toString(named)));
        command.addAll(child);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("silent.out").toFile())
                        .start();
        Path sign = folder.resolve("state/silent");
        long endMs = HostTime.monotonicMs() + KeeperProcess.PATIENCE_MS;
        while (!Files.exists(sign)) {
            assertThat(HostTime.monotonicMs()).isLessThan(endMs);
            HostTime.sleep(10);
        }
        return process;
    }

    private static int count(String text, String word) {
        int count = 0;
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            count++;
        }
        return count;
    }

    /** Ended; whoever adopted it may be slow to notice. */
    private static boolean isGone(long pid) {
        return ProcessTable.find(pid).map(entry -> entry.state() == 'Z').orElse(true);
    }

    private static void awaitState(KeeperProcess keeper, char state) throws Exception {
        keeper.await(
                "state " + state,
                () -> ProcessTable.find(keeper.pid()).orElseThrow().state() == state ? "" : null);
    }

    @Test
    void aStoppedOwnerIsReplacedWithItsGenerationOnceAndForAll() throws Exception {
        try (KeeperProcess frozen = KeeperProcess.start(folder, "serve")) {
            Owner before = frozen.awaitServing(1);
            frozen.signal("STOP");
            awaitState(frozen, 'T');
            try (KeeperProcess next = second()) {
                Owner after = next.awaitServing(2);

                assertThat(after.pid()).isEqualTo(next.pid());
                assertThat(frozen.awaitExit()).isEqualTo(137);
                assertThat(isGone(before.generationPid())).isTrue();
                assertThat(count(next.log(), "gateway.preflight.zombie_detected")).isEqualTo(1);
                assertThat(next.console()).contains("its process is stopped for ");
            }
        }
    }

    @Test
    void anOwnerThatHoldsEverythingAndAnswersNothingIsReplaced() throws Exception {
        Process silent = silentOwner(0, List.of());
        try (KeeperProcess next = second()) {
            next.awaitServing(1);

            assertThat(silent.waitFor(KeeperProcess.PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(count(next.log(), "gateway.preflight.zombie_detected")).isEqualTo(1);
            assertThat(next.console()).contains("it does not answer and does nothing for ");
        } finally {
            silent.destroyForcibly();
        }
    }

    @Test
    void aProcessThatIsOnlyNamedIsNeverSignalled() throws Exception {
        Process bystander = new ProcessBuilder("sleep", "300").start();
        Process silent = silentOwner(bystander.pid(), List.of());
        try (KeeperProcess next = second()) {
            assertThat(next.awaitExit()).isEqualTo(78);

            assertThat(next.console()).contains("is not seen to hold");
            assertThat(bystander.isAlive()).isTrue();
            assertThat(silent.isAlive()).isTrue();
        } finally {
            silent.destroyForcibly();
            bystander.destroyForcibly();
        }
    }

    @Test
    void aStartNeverEndsTheProcessItDescendsFrom() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        List<String> keeper = KeeperProcess.command(folder, folder.resolve("state"), 0);
        Process silent = silentOwner(0, keeper);
        try {
            assertThat(silent.waitFor(KeeperProcess.PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();

            assertThat(silent.exitValue()).isEqualTo(78);
            assertThat(Files.readString(folder.resolve("silent.out")))
                    .contains("this start was made by that process itself");
        } finally {
            silent.destroyForcibly();
        }
    }

    @Test
    void oneThatIsStillStartingIsWaitedForVisiblyAndThenGivenWayTo() throws Exception {
        try (KeeperProcess slow = KeeperProcess.start(folder, "late")) {
            slow.await("generation 1", () -> slow.owner().generation() == 1 ? "" : null);
            try (KeeperProcess other = second()) {
                other.await("a word", () -> other.console().contains("it is starting") ? "" : null);
                slow.behave("serve");
                slow.killGeneration();

                assertThat(other.awaitExit()).isEqualTo(78);
                assertThat(other.console()).contains("generation 2");
                assertThat(slow.owner().phase()).isEqualTo("serving");
            }
        }
    }

    @Test
    void ofFiveStartsAtOnceOneServesAndFourSayWho() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        List<KeeperProcess> all = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                all.add(second());
            }
            Owner owner = all.getFirst().awaitServing(1);
            for (KeeperProcess keeper : all) {
                if (keeper.pid() != owner.pid()) {
                    assertThat(keeper.awaitExit()).isEqualTo(78);
                }
            }
            String console = all.getFirst().console();
            assertThat(count(console, "it serves. Look at it")).as(console).isEqualTo(4);
            assertThat(all.getFirst().owner().phase()).isEqualTo("serving");
            assertThat(all.getFirst().log()).doesNotContain("zombie_detected");
        } finally {
            all.forEach(KeeperProcess::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "state/../state", "state"})
    void everyPathLeadsToTheSameLock(String path) throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.createSymbolicLink(folder.resolve("link"), folder.resolve("state"));
            try (KeeperProcess other = secondAt(path)) {
                assertThat(other.awaitExit()).isEqualTo(78);
                assertThat(other.console()).contains("keeper pid " + keeper.pid());
            }
        }
    }

    @Test
    void aBindMountLeadsToTheSameLock() throws Exception {
        Process can = new ProcessBuilder("unshare", "-rm", "true").start();
        assumeTrue(can.waitFor() == 0, "mount namespaces are not permitted here");
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Path mount = Files.createDirectory(folder.resolve("mount"));
            List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
            command.add("mount --bind '" + keeper.state() + "' '" + mount + "' && exec \"$@\"");
            command.add("sh");
            command.addAll(KeeperProcess.command(folder, mount, 0));
            try (KeeperProcess other = KeeperProcess.start(folder, command, Map.of())) {
                assertThat(other.awaitExit()).isEqualTo(78);
                assertThat(other.console()).contains("keeper pid " + keeper.pid());
            }
        }
    }

    @Test
    void aLockFileThatIsDeletedUnderItsOwnerMakesNobodyElseTheOwner() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.delete(keeper.state().resolve("lock"));
            try (KeeperProcess other = second()) {
                assertThat(other.awaitExit()).isEqualTo(78);
                assertThat(other.console()).contains("keeper pid " + keeper.pid());
            }
            keeper.signal("STOP");
            awaitState(keeper, 'T');
            try (KeeperProcess other = second()) {
                assertThat(other.awaitServing(2).pid()).isEqualTo(other.pid());
            }
        }
    }

    @Test
    void aDeadOwnerIsReplacedSilentlyWithAGenerationThatClingsToThePort() throws Exception {
        int port;
        try (KeeperProcess keeper = KeeperProcess.start(folder, "clings")) {
            Owner owner = keeper.awaitServing(1);
            port = keeper.port();
            keeper.signal("KILL");
            keeper.awaitExit();
            keeper.behave("serve");
            try (KeeperProcess next = KeeperProcess.start(folder, port, Map.of())) {
                next.awaitServing(2);

                assertThat(isGone(owner.generationPid())).isTrue();
                assertThat(next.log()).doesNotContain("zombie_detected");
                assertThat(KeeperProcess.get(port)).contains("generation 2");
            }
        }
    }

    @Test
    @Tag("full")
    void anOwnerWhoseGatewayIsNotItsOwnForLongIsReplaced() throws Exception {
        try (KeeperProcess sick = KeeperProcess.start(folder, "liar")) {
            sick.awaitServing(1);
            sick.behave("serve");
            try (KeeperProcess next = second()) {
                assertThat(sick.awaitExit(2 * KeeperProcess.PATIENCE_MS)).isZero();
                Owner owner = next.awaitServing(2);

                assertThat(owner.pid()).isEqualTo(next.pid());
                assertThat(next.console()).contains("another instance");
            }
        }
    }
}
