package dev.evergate.keeper.log;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

@Tag("S17")
class OwnFileTest {
    @TempDir private Path folder;

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void isReadableForItsOwnerAlone() throws IOException {
        Path file = folder.resolve("one");

        OwnFile.make(file);

        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void keepsWhatIsThereAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("one"), "said before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        OwnFile.make(file);

        assertThat(file).hasContent("said before");
        assertThat(mode(file)).isEqualTo("rw-r-----");
    }

    @Test
    void theLogOfTheDayIsOne() throws IOException {
        new DailyFile(folder).write("{}\n".getBytes(UTF_8));

        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(mode(all.getFirst())).isEqualTo("rw-------");
        }
    }
}
