package dev.evergate.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.fault.EvergateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

class ConfigFileTest {
    @TempDir Path directory;

    @Test
    void writesAFirstConfigurationThatOnlyItsOwnerCanRead() throws IOException {
        var file = new ConfigFile(directory.resolve("evergate.json"));

        assertThat(file.createIfMissing("a-token")).isTrue();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        ConfigSnapshot snapshot = file.read(ConfigOverrides.NONE);
        assertThat(snapshot.gateway().auth().secret().reveal()).isEqualTo("a-token");
        assertThat(snapshot.gateway().port()).isEqualTo(18789);
        assertThat(snapshot.gateway().bindHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void neverWritesOverAFileThatIsThere() throws IOException {
        ConfigFile file = write("{ broken");

        assertThat(file.createIfMissing("a-token")).isFalse();
        assertThat(Files.readString(file.path())).isEqualTo("{ broken");
    }

    @Test
    void readsCommentsTrailingCommasAndOpenClawsNames() throws IOException {
        ConfigFile file =
                write(
                        """
                        // mine
                        { gateway: { port: 19000, auth: { token: 'abc' }, },
                          models: { providers: { local: {
                            baseUrl: "http://127.0.0.1:8000/v1", apiKey: "k",
                            models: [ { id: "qwen3:8b", contextWindow: 8192 } ], } } },
                          agents: { defaults: { model: { primary: "local/qwen3:8b" } } } }
                        """);

        ConfigSnapshot snapshot = file.read(ConfigOverrides.NONE);

        assertThat(snapshot.gateway().port()).isEqualTo(19000);
        assertThat(snapshot.agents().primary()).contains(new ModelRef("local", "qwen3:8b"));
        assertThat(
                        snapshot.provider(new ModelRef("local", "any"))
                                .orElseThrow()
                                .models()
                                .getFirst()
                                .contextWindow())
                .isEqualTo(8192);
    }

    @Test
    void prefersWhatFlagsAndEnvironmentSay() throws IOException {
        ConfigFile file = write("{ gateway: { port: 19000, auth: { token: 'abc' } } }");
        var overrides =
                new ConfigOverrides(
                        Optional.of(20000), Optional.of("lan"), Secret.of("other"), Secret.none());

        ConfigSnapshot snapshot = file.read(overrides);

        assertThat(snapshot.gateway().port()).isEqualTo(20000);
        assertThat(snapshot.gateway().bindHost()).isEqualTo("0.0.0.0");
        assertThat(snapshot.gateway().auth().secret().reveal()).isEqualTo("other");
    }

    @Test
    void namesEveryWrongValueWithWhatWasExpected() throws IOException {
        ConfigFile file =
                write(
                        "{ gateway: { port: 99999, auth: { token: 'abc' } },"
                                + " models: { providers: { x: { baseUrl: 'nowhere' } } } }");

        assertThatThrownBy(() -> file.read(ConfigOverrides.NONE))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining(
                        "gateway.port: 99999 (expected: a whole number from 1 to 65535)")
                .hasMessageContaining("models.providers.x.baseUrl: \"nowhere\"");
    }

    @Test
    void namesLineAndColumnOfWhatCannotBeParsed() throws IOException {
        ConfigFile file = write("{\n  gateway: {\n");

        assertThatThrownBy(() -> file.read(ConfigOverrides.NONE))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void neverShowsASecretThatHasTheWrongType() throws IOException {
        ConfigFile file = write("{ gateway: { auth: { token: 123456789 } } }");

        assertThatThrownBy(() -> file.read(ConfigOverrides.NONE))
                .hasMessageContaining("gateway.auth.token")
                .hasMessageNotContaining("123456789");
    }

    @Test
    void hidesSecretsInTheDocument() throws IOException {
        ConfigFile file =
                write(
                        "{ gateway: { auth: { token: 'c4n4ry' } }, a: [ { apiKey: 'c4n4ry' } ] } // c4n4ry");

        ConfigDocument document = file.document();

        assertThat(document.raw()).doesNotContain("c4n4ry").contains(ConfigDocument.REDACTED);
        assertThat(document.parsed().toString()).doesNotContain("c4n4ry");
    }

    @Test
    void refusesADirectoryInPlaceOfTheFile() throws IOException {
        Path path = directory.resolve("evergate.json");
        Files.createDirectory(path);

        assertThatThrownBy(() -> new ConfigFile(path).read(ConfigOverrides.NONE))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("not a regular file");
    }

    private ConfigFile write(String text) throws IOException {
        Path path = directory.resolve("evergate.json");
        Files.writeString(path, text);
        return new ConfigFile(path);
    }
}
