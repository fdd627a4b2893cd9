package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ArgumentsTest {
    @TempDir Path folder;

    @Test
    void takesASecretFromDotEnvUnlessTheEnvironmentHasIt() throws IOException {
        Files.writeString(
                folder.resolve(".env"),
                "EVERGATE_GATEWAY_TOKEN=file\nOPENCLAW_GATEWAY_PASSWORD=word\n");

        assertThat(parse(Map.of()).overrides().token().reveal()).isEqualTo("file");
        assertThat(parse(Map.of()).overrides().password().reveal()).isEqualTo("word");
        assertThat(parse(Map.of("OPENCLAW_GATEWAY_TOKEN", "own")).overrides().token().reveal())
                .isEqualTo("own");
    }

    @Test
    void startsWhateverIsWrongWithDotEnv() throws IOException {
        Files.writeString(folder.resolve(".env"), "EVERGATE_GATEWAY_PORT=many\n");
        assertThat(parse(Map.of()).overrides().port()).isEmpty();

        Files.delete(folder.resolve(".env"));
        Files.createDirectory(folder.resolve(".env"));
        assertThat(parse(Map.of()).overrides().token().isPresent()).isFalse();
    }

    private Arguments parse(Map<String, String> environment) {
        return Arguments.parse(
                List.of("gateway", "run", "--state-dir", folder.toString()), environment);
    }
}
