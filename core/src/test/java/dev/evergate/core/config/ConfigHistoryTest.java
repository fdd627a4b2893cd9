package dev.evergate.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class ConfigHistoryTest {
    @TempDir Path folder;

    @Test
    void hasNothingGoodBeforeAnythingWasProven() {
        assertThat(new ConfigHistory(folder.resolve("config")).good()).isEmpty();
    }

    @Test
    void givesBackWhatWasProvenLast() throws IOException {
        var history = new ConfigHistory(folder.resolve("config"));

        assertThat(history.keep("{ gateway: { port: 1111, auth: { token: \"t\" } } }")).isTrue();
        assertThat(history.keep("{ gateway: { port: 2222, auth: { token: \"t\" } } }")).isTrue();

        ConfigFile good = history.good().orElseThrow();
        assertThat(good.path()).hasFileName("2.json5");
        assertThat(good.read(ConfigOverrides.NONE).gateway().port()).isEqualTo(2222);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(good.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void keepsOneCopyOfWhatIsProvenAgain() throws IOException {
        var history = new ConfigHistory(folder);
        history.keep("{}");

        assertThat(history.keep("{}")).isFalse();
        assertThat(folder.resolve("2.json5")).doesNotExist();
    }

    @Test
    void forgetsCopiesThatTwentyNewerOnesFollow() throws IOException {
        var history = new ConfigHistory(folder);
        for (int i = 1; i <= 25; i++) {
            history.keep("{ /* " + i + " */ }");
        }

        assertThat(folder.resolve("5.json5")).doesNotExist();
        assertThat(folder.resolve("6.json5")).exists();
        assertThat(folder.resolve("25.json5")).exists();
    }
}
