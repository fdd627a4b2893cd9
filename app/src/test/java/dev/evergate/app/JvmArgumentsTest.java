package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.Jvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;

class JvmArgumentsTest {
    @TempDir Path folder;

    private static JvmArguments of(int heapMb, String... options) {
        OptionalInt heap = heapMb == 0 ? OptionalInt.empty() : OptionalInt.of(heapMb);
        return JvmArguments.of(new Jvm(heap, List.of(options)));
    }

    @Test
    void saysNothingWhereNothingIsWanted() throws Exception {
        assertThat(of(0).text()).isEmpty();
        assertThat(of(0).areInForce()).isTrue(); // a test's JVM is as it is

        StateDirectory state = new StateDirectory(folder).prepare();
        of(64).write(state);
        of(0).write(state);
        assertThat(state.run().resolve("jvm.args")).doesNotExist();
    }

    @Test
    void givesEachChoiceANameThatTheNextProcessKnowsItBy() {
        assertThat(of(1024, "-Xss1m").text())
                .matches("-Devergate\\.jvm=[0-9a-f]{16}\n-Xmx1024m\n-Xss1m\n")
                .isEqualTo(of(1024, "-Xss1m").text());
        assertThat(of(1024).text()).isNotEqualTo(of(1025).text());
        assertThat(of(1024).areInForce()).isFalse();
    }

    @Test
    void leavesOutTheCollectorOfTheBuildForAnother() {
        assertThat(of(0, "-XX:+UseZGC").text()).endsWith("\n-XX:-UseSerialGC\n-XX:+UseZGC\n");
        assertThat(of(0, "-XX:+UseSerialGC").text()).doesNotContain("-XX:-UseSerialGC");
    }

    @Test
    void knowsWhichWereRefused() throws Exception {
        StateDirectory state = new StateDirectory(folder).prepare();
        of(64).write(state);
        Path file = state.run().resolve("jvm.args");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(of(64).wereRefused(state)).isFalse();

        Files.move(file, state.run().resolve("jvm.refused")); // as the keeper does

        assertThat(of(64).wereRefused(state)).isTrue();
        assertThat(of(65).wereRefused(state)).isFalse();
        assertThat(of(0).wereRefused(state)).isFalse();
    }
}
