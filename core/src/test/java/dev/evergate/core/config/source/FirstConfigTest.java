package dev.evergate.core.config.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.EvergateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

class FirstConfigTest {
    @TempDir Path directory;

    @Test
    void writesAConfigurationThatOnlyItsOwnerCanRead() throws IOException {
        Path file = directory.resolve("evergate.json");

        assertThat(FirstConfig.createIfMissing(file, "a-token")).isTrue();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        SourceReading reading = new ConfigFiles(file, Map.of(), SecretCommands.NONE).read();
        assertThat(((SourceReading.Read) reading).sources().resolved().at("/gateway/auth/token"))
                .hasToString("\"a-token\"");
    }

    @Test
    void neverWritesOverAFileThatIsThere() throws IOException {
        Path file = directory.resolve("evergate.json");
        Files.writeString(file, "{ broken");

        assertThat(FirstConfig.createIfMissing(file, "a-token")).isFalse();
        assertThat(file).hasContent("{ broken");
    }

    @Test
    void saysWhatHelpsWhereNothingCanBeWritten() {
        assertThatThrownBy(
                        () ->
                                FirstConfig.createIfMissing(
                                        directory.resolve("no/evergate.json"), "a-token"))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("--state-dir")
                .hasMessageNotContaining("a-token");
    }
}
