package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The {@code config} commands while no gateway runs: on the file itself. */
class ConfigShelfTest {
    private static final String WRITTEN =
            """
            // Mine.
            {
              gateway: {
                auth: { mode: "token", token: "canary-0123456789" }, // secret
                bogus: 1,
                port: 1, // unlikely
              },
              agents: { defaults: { timeoutSeconds: 60 } },
            }
            """;

    @TempDir Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);

    @BeforeEach
    void write() {
        bench = new CommandBench(home).config(WRITTEN.replace("port: 1,", "port: " + 18_790 + ","));
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    private String file() {
        try {
            return Files.readString(bench.state.config());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void showsWhatTheFileSaysWithoutItsSecrets() {
        var result = bench.run("config", "get");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).contains("18790").contains("__OPENCLAW_REDACTED__");
        assertThat(bench.run("config", "get", "gateway.auth.token").answer())
                .isEqualTo("__OPENCLAW_REDACTED__\n");
    }

    @Test
    void showsTheDefaultOfWhatTheFileDoesNotSay() {
        var result = bench.run("config", "get", "gateway.bind");

        assertThat(result.answer()).isEqualTo("loopback\n");
        assertThat(result.notes()).contains("default");
        assertThat(bench.run("config", "get", "gateway.nowhere").notes())
                .contains("There is no key gateway.nowhere");
    }

    @Test
    void changesTheFileAndKeepsEverythingElse() throws IOException {
        Files.setPosixFilePermissions(
                bench.state.config(), PosixFilePermissions.fromString("rw-r-----"));

        var result = bench.run("config", "set", "gateway.port", "18791");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).contains("gateway.port: in force when the gateway starts");
        assertThat(file()).isEqualTo(WRITTEN.replace("port: 1,", "port: 18791,"));
        assertThat(Files.getPosixFilePermissions(bench.state.config()))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(bench.run("config", "unset", "gateway.port").exit()).isZero();
        assertThat(file())
                .isEqualTo(WRITTEN.replace("    port: 1, // unlikely", "    // unlikely"));
    }

    @Test
    void followsALinkInsteadOfReplacingIt() throws IOException {
        Path real = Files.move(bench.state.config(), home.resolve("real.json"));
        Files.createSymbolicLink(bench.state.config(), real);

        assertThat(bench.run("config", "set", "gateway.port", "18791").exit()).isZero();

        assertThat(Files.isSymbolicLink(bench.state.config())).isTrue();
        assertThat(Files.readString(real)).contains("18791");
    }

    @Test
    void refusesWhatItDoesNotUnderstandAndNamesAllOfIt() {
        String before = file();

        var result = bench.run("config", "patch", "{gateway: {port: 0, prot: 2}, sesion: {}}");

        assertThat(result.exit()).isEqualTo(78);
        assertThat(result.notes())
                .contains("gateway.port")
                .contains("prot")
                .contains("sesion")
                .doesNotContain("bogus");
        assertThat(file()).isEqualTo(before);
    }

    @Test
    void asksForForceBeforeMostOfTheFileGoes() {
        String before = file();

        var result = bench.run("config", "patch", "{gateway: null, agents: null}");

        assertThat(result.exit()).isNotZero();
        assertThat(file()).isEqualTo(before);
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "canary-9876543210");
        assertThat(bench.run("config", "patch", "{gateway: null, agents: null}").notes())
                .contains("--force");
        assertThat(bench.run("config", "patch", "{gateway: null, agents: null}", "--force").exit())
                .isZero();
        assertThat(file()).isEqualTo("// Mine.\n{\n}\n");
    }

    @Test
    void setsASecretAndNeverShowsIt() {
        bench.input = "canary-fresh-secret\n";

        var result = bench.run("config", "set", "gateway.auth.token", "-", "--json");

        assertThat(result.exit()).isZero();
        assertThat(result.answer() + result.notes()).doesNotContain("canary");
        assertThat(file()).contains("token: \"canary-fresh-secret\"");
    }

    @Test
    void mendsAFileThatTheGatewayCannotStartWith() {
        bench.config(WRITTEN.replace("port: 1,", "port: 'many',"));

        assertThat(bench.run("config", "validate").exit()).isEqualTo(78);
        assertThat(bench.run("config", "set", "gateway.port", "18790").exit()).isZero();
        assertThat(bench.run("config", "validate").exit()).isZero();
        assertThat(bench.run("config", "validate").answer()).contains("bogus");
    }

    @Test
    void saysWhereAFileIsBrokenAndBringsTheLastOneBack() throws IOException {
        String good = file();
        var history = new ConfigHistory(bench.state.configs());
        var files = Map.of(bench.state.config(), good);
        history.add(Instant.EPOCH, Entry.Origin.START, "", "h", "", Entry.State.PROVEN, files);
        bench.config("{ gateway: { port: 1 ");

        var result = bench.run("config", "validate");
        assertThat(result.exit()).isEqualTo(78);
        assertThat(result.answer()).contains("line 1, column 12");

        assertThat(bench.run("config", "set", "gateway.port", "2").exit()).isEqualTo(78);
        assertThat(bench.run("config", "history").answer()).contains("proven");
        assertThat(bench.run("config", "undo").exit()).isZero();
        assertThat(file()).isEqualTo(good);
        assertThat(bench.run("config", "diff", "1").answer()).isEqualTo("Nothing is different.\n");
        bench.run("config", "set", "gateway.port", "18799");
        assertThat(bench.run("config", "diff", "1").answer())
                .contains("gateway.port")
                .contains("- 18790")
                .contains("+ 18799");
    }

    @Test
    void makesAFirstFileThatAGatewayCanStartWith() throws IOException {
        Files.delete(bench.state.config());

        assertThat(bench.run("config", "set", "gateway.port", "18791").exit()).isZero();

        assertThat(file()).contains("// Evergate's configuration").contains("port: 18791,");
        assertThat(Files.getPosixFilePermissions(bench.state.config()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(bench.run("config", "validate").answer()).contains("is fine");
    }

    @Test
    @Tag("I34")
    void readsWithoutWritingAnything() throws IOException {
        List<String> before = everything();

        bench.run("config", "get");
        bench.run("config", "validate");
        bench.run("config", "history");
        bench.run("config", "schema", "gateway.port");

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void knowsTheSchemaWithoutAGateway() {
        assertThat(bench.run("config", "schema", "gateway.port").answer())
                .contains("gateway.port")
                .contains("18789");
        JsonNode all = JsonMapper.shared().readTree(bench.run("config", "schema").answer());
        assertThat(all.path("properties").has("gateway")).isTrue();
    }

    private List<String> everything() throws IOException {
        try (Stream<Path> all = Files.walk(bench.state.root())) {
            return all.map(
                            path -> {
                                try {
                                    return path + " " + Files.getLastModifiedTime(path);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            })
                    .sorted()
                    .toList();
        }
    }
}
