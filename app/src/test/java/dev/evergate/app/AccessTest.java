package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

class AccessTest {
    private static final Access ACCESS =
            new Access("wss://127.0.0.1:18789/", Secret.of("t"), "a-life", "ab");

    @TempDir Path folder = Path.of("");

    @Test
    void isReadBackAsItWasWritten() throws IOException {
        ACCESS.write(folder);

        assertThat(Access.read(folder)).contains(ACCESS);
    }

    @Test
    void isReadableByItsOwnerOnlyAndLeavesNothingBeside() throws IOException {
        new Access("ws://127.0.0.1:1/", Secret.none(), "an-older-life", "").write(folder);

        ACCESS.write(folder);

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(Access.fileIn(folder))))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(Access.fileIn(folder).getParent())) {
            assertThat(files.toList()).isEqualTo(List.of(Access.fileIn(folder)));
        }
    }

    @Test
    void isAbsentWhenTheFileIsMissingOrSaysNothing() throws IOException {
        assertThat(Access.read(folder)).isEmpty();

        Files.createDirectories(Access.fileIn(folder).getParent());
        Files.writeString(Access.fileIn(folder), "{ broken");
        assertThat(Access.read(folder)).isEmpty();

        Files.writeString(Access.fileIn(folder), "{}");
        assertThat(Access.read(folder)).isEmpty();
    }

    @Test
    void hidesItsTokenFromLogs() {
        assertThat(ACCESS.toString()).doesNotContain("=t,").contains("(secret)");
    }
}
