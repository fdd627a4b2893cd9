package dev.evergate.core.config.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

class DotEnvTest {
    @Test
    void readsWhatDotenvReads() {
        assertThat(
                        DotEnv.parse(
                                """
                                # a comment
                                PLAIN=value
                                  export SPACED =  some words  # said aside
                                EMPTY=
                                SINGLE='a # b $c'
                                DOUBLE="line\\nbreak \\"quoted\\"" # aside
                                BACK=`it's`
                                LONG="first
                                second"
                                OPEN="never closed
                                not a line
                                HASH=a#b
                                EQUALS=a=b=c
                                PLAIN=later
                                """))
                .containsExactly(
                        entry("PLAIN", "later"),
                        entry("SPACED", "some words"),
                        entry("EMPTY", ""),
                        entry("SINGLE", "a # b $c"),
                        entry("DOUBLE", "line\nbreak \"quoted\""),
                        entry("BACK", "it's"),
                        entry("LONG", "first\nsecond"),
                        entry("OPEN", "\"never closed"),
                        entry("HASH", "a"),
                        entry("EQUALS", "a=b=c"));
    }

    @Test
    void endsSoonWhateverTheTextIs() {
        for (String text :
                new String[] {
                    "A=\"" + "\\\"".repeat(300_000),
                    "A='\n".repeat(3_000),
                    "A".repeat(600_000),
                    " ".repeat(600_000),
                    "A=" + " ".repeat(600_000) + "x"
                }) {
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> DotEnv.parse(text));
        }
    }

    @Test
    void isEmptyWithoutAFile(@TempDir Path folder) {
        assertThat(DotEnv.read(folder.resolve(".env"))).isEmpty();
        assertThat(DotEnv.read(folder)).isEmpty();
    }
}
