package dev.evergate.app.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class BreachFileTest {
    @TempDir private Path root;

    private Breach breach(String... lines) throws IOException {
        Path folder = Files.createDirectories(root.resolve("door/src/test/breaches"));
        Files.write(folder.resolve("S03-one.txt"), List.of(lines));
        return Breach.in(root).getFirst();
    }

    private Breach replacing(String before) throws IOException {
        return breach(
                "S3 anybody gets in",
                "file: Door.java",
                "replace: " + before,
                "with: true",
                "caught by: DoorTest");
    }

    @Test
    void aTreeWithoutBreachesHasNone() throws IOException {
        assertThat(Breach.in(root)).isEmpty();
    }

    @Test
    void takesTheDefenseOutOfItsLine() throws IOException {
        Files.writeString(root.resolve("Door.java"), "boolean isOpen() { return isKnown(); }");

        Breach breach = replacing("isKnown()");

        assertThat(breach.module()).isEqualTo(root.resolve("door"));
        assertThat(breach.defense()).isEqualTo("S3");
        assertThat(breach.applied(root)).isEqualTo("boolean isOpen() { return true; }");
    }

    @ParameterizedTest
    @CsvSource({"isGone(), has no", "return, has more than one"})
    void saysSoIfTheLineIsNotThereOnce(String before, String message) throws IOException {
        Files.writeString(root.resolve("Door.java"), "return a; return b;");

        Breach breach = replacing(before);

        assertThatThrownBy(() -> breach.applied(root)).hasMessageContaining(message);
    }

    @Test
    void namesWhatAFileDoesNotSay() {
        assertThatThrownBy(() -> breach("S3 anybody gets in", "file: Door.java"))
                .hasMessageContaining("S03-one.txt does not say \"replace: …\"");
    }
}
