package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ConfigReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "config.md");

    @Test
    void saysWhatTheProgramDoes() throws IOException {
        if (System.getProperty("evergate.reference", "").equals("write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, ConfigReference.page());
        }
        assertThat(PAGE)
                .as("docs/reference/config.md is stale; it says itself how to write it anew")
                .hasContent(ConfigReference.page());
    }

    @Test
    void hasARowForEveryKey() {
        assertThat(ConfigSchema.keys())
                .allSatisfy(
                        key ->
                                assertThat(ConfigReference.page())
                                        .contains("`" + key.pattern() + "`"));
    }
}
