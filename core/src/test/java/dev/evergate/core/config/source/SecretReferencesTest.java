package dev.evergate.core.config.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.source.SecretCommands.Command;
import dev.evergate.core.config.source.SecretCommands.Outcome;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class SecretReferencesTest {
    private static final String CANARY = "canary-93412";

    @TempDir Path folder;
    private final List<Command> commands = new ArrayList<>();
    private Outcome outcome = new Outcome.Failed("was not expected");

    @Test
    void takesASecretFromAVariableAlsoWithoutAProviderOfThatName() throws IOException {
        ConfigSources sources =
                read(
                        """
                        { a: { source: "env", provider: "default", id: "KEY" },
                          l: [{ source: "env", id: "KEY" }] }""");

        assertThat(sources.resolved())
                .hasToString("{\"a\":\"%1$s\",\"l\":[\"%1$s\"]}".formatted(CANARY));
        assertThat(sources.authored().path("a").path("id").asString()).isEqualTo("KEY");
        assertThat(sources.problems()).isEmpty();
    }

    @Test
    void leavesAloneWhatOnlyLooksLikeAReference() throws IOException {
        String text =
                """
                {"a":{"source":"env","id":"KEY","more":1},"b":{"source":"cloud","id":"KEY"},\
                "c":{"source":"file","path":"/x"},"d":{"source":"env","id":7}}""";

        assertThat(read(text).resolved()).hasToString(text);
    }

    @Test
    void saysWhichReferenceGotNothingAndWhy() throws IOException {
        ConfigSources sources =
                read(
                        """
                        { a: { source: "env", id: "GONE" },
                          b: { source: "env", id: "low" },
                          c: { source: "env", provider: "narrow", id: "KEY" },
                          d: { source: "file", provider: "nobody", id: "/x" },
                          e: { source: "exec", provider: "narrow", id: "x" },
                          f: [1, { source: "env", provider: "No Name", id: "KEY" }],
                          secrets: { providers: { narrow: { source: "env", allowlist: ["OTHER"] } } } }""");

        assertThat(problems(sources))
                .containsEntry("a", "no secret from env default, \"GONE\": the variable is not set")
                .containsEntry(
                        "b",
                        "no secret from env default, \"low\": it is no variable's name"
                                + " (expected: capitals, digits and _)")
                .hasEntrySatisfying("c", why -> assertThat(why).contains("allowlist"))
                .hasEntrySatisfying(
                        "d",
                        why -> assertThat(why).contains("there is no secrets.providers.nobody"))
                .hasEntrySatisfying("e", why -> assertThat(why).contains("another source"))
                .hasEntrySatisfying(
                        "f[1]", why -> assertThat(why).contains("is no provider's name"));
        assertThat(sources.resolved().propertyNames()).containsExactly("f", "secrets");
        assertThat(sources.resolved().path("f")).hasToString("[1,null]");
    }

    @Test
    void takesSecretsFromAFileOfThem() throws IOException {
        Path file = secretFile("{ \"a\": { \"b/c\": \"%s\", \"n\": 7 } }".formatted(CANARY));

        ConfigSources sources =
                read(
                        """
                        { ok: { source: "file", provider: "main", id: "/a/b~1c" },
                          number: { source: "file", provider: "main", id: "/a/n" },
                          name: { source: "file", provider: "main", id: "a" },
                          secrets: { defaults: { file: "main" },
                            providers: { main: { source: "file", path: "%s" } } } }"""
                                .formatted(file));

        assertThat(sources.resolved().path("ok").asString()).isEqualTo(CANARY);
        assertThat(problems(sources))
                .containsOnlyKeys("number", "name")
                .hasEntrySatisfying("name", why -> assertThat(why).contains("JSON pointer"));
        assertThat(sources.watched()).contains(file);
    }

    @Test
    @Tag("S17")
    void takesAllOfAFileAndNothingOfOneThatIsOpenToOthers() throws IOException {
        Path file = secretFile(CANARY + "\n");
        String text =
                """
                { a: { source: "file", provider: "main", id: "value" },
                  secrets: { providers: { main: { source: "file", mode: "singleValue", path: "%s" } } } }"""
                        .formatted(file);
        assertThat(read(text).resolved().path("a").asString()).isEqualTo(CANARY);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(problems(read(text)).get("a")).contains("mode 644 (expected: chmod 600");
        assertThat(read(text.replace("mode:", "allowInsecurePath: true, mode:")).problems())
                .isEmpty();

        Files.delete(file);
        assertThat(problems(read(text)).get("a")).contains("is not there");
        Files.createDirectory(file);
        assertThat(problems(read(text)).get("a")).contains("a directory");
        assertThat(problems(read(text.replace(file.toString(), "relative"))).get("a"))
                .contains("absolute path");
    }

    @Test
    void asksAProgramOnceForAllItsSecrets() throws IOException {
        Path program = program();
        outcome =
                new Outcome.Output(
                        "{\"protocolVersion\":1,\"values\":{\"a/1\":\"%s\"},\"errors\":{\"b#2\":{}}}"
                                .formatted(CANARY));

        ConfigSources sources =
                read(
                        """
                        { a: { source: "exec", provider: "vault", id: "a/1" },
                          b: { source: "exec", provider: "vault", id: "b#2" },
                          c: { source: "exec", provider: "vault", id: "../c" },
                          secrets: { providers: { vault: { source: "exec", command: "%s", args: ["--x"],
                            passEnv: ["KEY", "GONE"], env: { MORE: "m" }, timeoutMs: 70 } } } }"""
                                .formatted(program));

        assertThat(sources.resolved().path("a").asString()).isEqualTo(CANARY);
        assertThat(problems(sources)).containsOnlyKeys("b", "c");
        assertThat(commands)
                .containsExactly(
                        new Command(
                                List.of(program.toString(), "--x"),
                                Map.of("KEY", CANARY, "MORE", "m"),
                                "{\"protocolVersion\":1,\"provider\":\"vault\",\"ids\":[\"a/1\",\"b#2\"]}",
                                70,
                                1 << 20));
    }

    @Test
    void asksForManySecretsInPortionsThatEveryPipeTakes() throws IOException {
        outcome = new Outcome.Output("{\"protocolVersion\":1,\"values\":{}}");
        String many =
                IntStream.range(0, 100)
                        .mapToObj(
                                i ->
                                        "k%d: { source: 'exec', provider: 'vault', id: '%s' }"
                                                .formatted(i, "x".repeat(200) + i))
                        .collect(Collectors.joining(","));

        ConfigSources sources = read("{ " + many + ", " + vault("") + " }");

        assertThat(sources.problems()).hasSize(100);
        assertThat(commands)
                .hasSizeGreaterThan(4)
                .allSatisfy(command -> assertThat(command.input()).hasSizeLessThanOrEqualTo(4_096));
    }

    @Test
    void takesPlainOutputOnlyWhereThatIsMeant() throws IOException {
        outcome = new Outcome.Output(CANARY + "\n");
        String reference = "{ a: { source: 'exec', provider: 'vault', id: 'value' }, ";

        assertThat(read(reference + vault("jsonOnly: false") + "}").resolved().path("a").asString())
                .isEqualTo(CANARY);
        assertThat(problems(read(reference + vault("") + "}")).get("a")).contains("is no JSON");
    }

    @Test
    @Tag("S15")
    void runsNoProgramThatOthersCouldHaveChanged() throws IOException {
        Path program = program();
        Path link = Files.createSymbolicLink(folder.resolve("link"), program);
        String reference = "{ a: { source: 'exec', provider: 'vault', id: 'x' }, ";

        assertThat(problems(read(reference + vault("", link) + "}")).get("a"))
                .contains("is a symbolic link");
        assertThat(problems(read(reference + vault("", Path.of("program")) + "}")).get("a"))
                .contains("absolute path");
        assertThat(problems(read(reference + vault("", folder) + "}")).get("a"))
                .contains("is a directory");
        assertThat(
                        problems(read(reference + vault("trustedDirs: ['/opt']", program) + "}"))
                                .get("a"))
                .contains("trustedDirs");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(problems(read(reference + vault("", program) + "}")).get("a"))
                .contains("mode 775");
        assertThat(commands).isEmpty();
    }

    @Test
    @Tag("S17")
    void neverTellsASecretInWhatGoesWrong() throws IOException {
        Path file = secretFile("{ \"a\": \"" + CANARY);
        outcome = new Outcome.Output("{\"values\": {\"x\": \"" + CANARY + "\"");

        ConfigSources sources =
                read(
                        "{ a: { source: 'exec', provider: 'vault', id: 'x' },"
                                + " b: { source: 'file', provider: 'main', id: '/a' },"
                                + " c: { source: 'env', provider: 'main', id: 'KEY' },"
                                + " secrets: { providers: { main: { source: 'file', path: '%s' },"
                                        .formatted(file)
                                + " vault: { source: 'exec', command: '%s' } } } }"
                                        .formatted(program()));

        assertThat(sources.problems()).hasSize(3);
        assertThat(sources.problems().toString()).doesNotContain(CANARY);
        assertThat(outcome.toString() + commands).doesNotContain(CANARY);
    }

    private String vault(String more) throws IOException {
        return vault(more, program());
    }

    private static String vault(String more, Path program) {
        return "secrets: { providers: { vault: { source: 'exec', command: '%s', %s } } }"
                .formatted(program, more);
    }

    private Path program() throws IOException {
        Path program = folder.resolve("program");
        Files.writeString(program, "#!/bin/sh\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path secretFile(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("secrets.json"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static Map<String, String> problems(ConfigSources sources) {
        return sources.problems().stream()
                .collect(Collectors.toMap(ConfigProblem::path, ConfigProblem::message));
    }

    private ConfigSources read(String text) throws IOException {
        Path root = Files.writeString(folder.resolve("evergate.json"), text);
        SecretCommands runner =
                command -> {
                    commands.add(command);
                    return outcome;
                };
        return ((SourceReading.Read) new ConfigFiles(root, Map.of("KEY", CANARY), runner).read())
                .sources();
    }
}
