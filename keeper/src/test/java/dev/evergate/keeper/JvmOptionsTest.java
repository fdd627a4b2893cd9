package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;
import dev.evergate.keeper.os.Os;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Options that a generation wants its successor's JVM to have. */
@Tag("process")
class JvmOptionsTest {
    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    private static Outcome restart(KeeperProcess keeper) throws IOException {
        try (KeeperClient client = KeeperClient.connect(keeper.state())) {
            return client.want(
                    new Wish(Wish.Kind.RESTART, "options", "options", ""), Duration.ofSeconds(30));
        }
    }

    private static Path file(KeeperProcess keeper, String name) {
        return keeper.state().resolve("run").resolve(name);
    }

    private static String commandLine(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
    }

    @Test
    void areProvenBeforeTheyAreKept() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.writeString(file(keeper, "jvm.args"), "-Xmx40m\n");

            assertThat(restart(keeper).isGranted()).isTrue();

            Owner second = keeper.awaitServing(2);
            assertThat(commandLine(second.generationPid())).contains("run/generation.args");
            assertThat(file(keeper, "generation.args"))
                    .content()
                    .contains("\n-Xmx40m\n")
                    .contains("-Xmx32m");
            assertThat(file(keeper, "jvm.proven")).hasContent("-Xmx40m\n");

            Files.writeString(file(keeper, "jvm.args"), "-XX:NoSuchOption=1\n");
            Outcome refused = restart(keeper);

            assertThat(refused.isGranted()).isFalse();
            assertThat(refused.message()).contains("generation 2 serves on");
            assertThat(keeper.owner().generationPid()).isEqualTo(second.generationPid());
            assertThat(file(keeper, "jvm.args")).hasContent("-Xmx40m\n");
            assertThat(file(keeper, "jvm.refused")).hasContent("-XX:NoSuchOption=1\n");
            assertThat(keeper.log()).contains("did not come up with the options of jvm");

            keeper.killGeneration();
            assertThat(commandLine(keeper.awaitServing(4).generationPid()))
                    .contains("run/generation.args");
        }
    }

    @Test
    void areLeftOutOfTheStartAfterACrashWithThem() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.writeString(file(keeper, "jvm.args"), "-XX:NoSuchOption=1\n");

            keeper.killGeneration();

            Owner third = keeper.awaitServing(3);
            assertThat(commandLine(third.generationPid())).doesNotContain("run/generation.args");
            assertThat(file(keeper, "jvm.args")).doesNotExist();
            assertThat(file(keeper, "jvm.refused")).exists();
        }
    }

    @Test
    void thatWereFitAndAreNoLongerCostOneStart() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            for (String name : new String[] {"jvm.args", "jvm.proven"}) {
                Files.writeString(file(keeper, name), "-XX:NoSuchOption=1\n");
            }

            keeper.killGeneration();

            Owner third = keeper.awaitServing(3);
            assertThat(commandLine(third.generationPid())).doesNotContain("run/generation.args");
            assertThat(file(keeper, "jvm.args")).exists();
        }
    }

    @Test
    void areNotBlamedForAGenerationThatSaysWhyItCannotServe() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            Files.writeString(file(keeper, "jvm.args"), "-Xmx40m\n");
            keeper.behave("refuse the port is somebody else's");

            assertThat(restart(keeper).isGranted()).isFalse();

            keeper.await(
                    "the successor is gone",
                    () -> keeper.log().contains("\"generation.ended\"") ? "" : null);
            assertThat(file(keeper, "jvm.args")).hasContent("-Xmx40m\n");
            assertThat(file(keeper, "jvm.refused")).doesNotExist();
        }
    }
}
