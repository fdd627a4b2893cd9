package dev.evergate.app.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * The real launcher, in a folder with blanks in its name, before programs that only say who they
 * are.
 */
@Tag("process")
class LauncherTest {
    private static final String ECHO =
            """
            import java.nio.file.*;
            class Echo {
                public static void main(String[] args) throws Exception {
                    System.out.println(System.getProperty("program") + " " + java.util.List.of(args));
                    System.out.println("token=" + System.getenv("EVERGATE_GATEWAY_TOKEN"));
                    System.out.println("signal=" + System.getenv("_JAVA_SR_SIGNUM"));
                    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                        if (line.startsWith("SigIgn")) {
                            System.out.println(line);
                        }
                    }
                    System.out.println(Files.readString(Path.of("/proc/self/cmdline")));
                }
            }
            """;

    @TempDir private static Path classes;

    @TempDir Path temporary;
    private Path clone = Path.of("");

    @BeforeAll
    static void compileThePrograms() throws IOException {
        Path source = Files.writeString(classes.resolve("Echo.java"), ECHO);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", classes.toString(), source.toString()))
                .isZero();
    }

    @BeforeEach
    void cloneWithABuild() throws IOException {
        Path repository = Shell.repository();
        clone = Files.createDirectories(temporary.resolve("a clone"));
        Path lib = Files.createDirectories(clone.resolve("build/dist/1/lib"));
        Files.copy(
                repository.resolve("evergate"),
                clone.resolve("evergate"),
                StandardCopyOption.COPY_ATTRIBUTES);
        for (String part : List.of("jdk.sh", "maven.sh", "dist.sh")) {
            Files.copy(repository.resolve("build").resolve(part), clone.resolve("build/" + part));
        }
        for (String program : List.of("keeper", "generation", "cli")) {
            String arguments = "-Dprogram=%s -cp \"%s\" Echo".formatted(program, classes);
            Files.writeString(lib.resolve(program + ".args"), arguments);
        }
        Files.createFile(clone.resolve("build/dist/1/complete"));
        Files.createSymbolicLink(clone.resolve("build/dist/current"), Path.of("1"));
    }

    @Test
    void startsTheKeeperWithAllItsArguments() throws Exception {
        Shell keeper = evergate("gateway", "run", "--port", "19000", "a \"b\" $c");

        assertThat(keeper.exit()).isZero();
        assertThat(keeper.output())
                .contains("keeper [gateway, run, --port, 19000, a \"b\" $c]")
                .contains("signal=62");
    }

    @Test
    void startsAGenerationAloneAndTheCommandLineForTheRest() throws Exception {
        assertThat(evergate("gateway", "run", "--no-keeper").output()).contains("generation [");
        assertThat(evergate("gateway", "run", "--help").output()).contains("cli [");
        assertThat(evergate("gateway", "run", "--no-keeper", "--help").output()).contains("cli [");
        assertThat(evergate("health", "--json").output()).contains("cli [health, --json]");
        assertThat(evergate().output()).contains("cli []");
    }

    @Test
    void ignoresTheSignalsThatAKeeperHasNoHandlerForYet() throws Exception {
        assertThat(ignored(evergate("gateway", "run"))).contains(10, 12).doesNotContain(1, 2, 15);
        assertThat(ignored(evergate("health"))).doesNotContain(10, 12);
    }

    @Test
    void movesATokenFromTheArgumentsToTheEnvironment() throws Exception {
        for (Shell shell :
                List.of(
                        evergate("gateway", "run", "--token", "s3cret", "--port", "1"),
                        evergate("gateway", "run", "--token=s3cret", "--port", "1"),
                        run("s3cret\n", "gateway", "run", "--token", "-", "--port", "1"))) {
            assertThat(shell.output())
                    .contains("keeper [gateway, run, --port, 1]")
                    .contains("token=s3cret")
                    .containsOnlyOnce("s3cret");
        }
    }

    @Test
    void refusesATokenThatIsNotThere() throws Exception {
        for (Shell shell :
                List.of(
                        evergate("health", "--token"),
                        evergate("health", "--token="),
                        evergate("health", "--token", "-"))) {
            assertThat(shell.exit()).isEqualTo(2);
            assertThat(shell.output()).contains("--token").contains("expected");
        }
    }

    @Test
    void startsThroughALinkFromAnotherFolder() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("eg"), clone.resolve("evergate"));

        Shell shell = Shell.run(temporary, environment(), "", List.of(link.toString(), "health"));

        assertThat(shell.output()).contains("cli [health]");
    }

    @Test
    void passesOverAJavaHomeThatIsTooOld() throws Exception {
        Path old = javaHome("17.0.1");

        Shell shell =
                Shell.run(
                        temporary,
                        Map.of("EVERGATE_BUILD", "never", "JAVA_HOME", old.toString()),
                        "",
                        List.of(clone.resolve("evergate").toString(), "health"));

        assertThat(shell.output()).contains("cli [health]");
    }

    @Test
    void saysWhereItLookedAndWhatToInstallWhenThereIsNoJdk() throws Exception {
        Path old = javaHome("17.0.1");
        String script =
                """
                root=$1
                . "$1/build/jdk.sh"
                find_installed_jdk() { consider "$2" installed; }
                PATH=
                find_jdk "$1" "$2"
                """;

        Shell shell =
                Shell.run(
                        temporary,
                        Map.of("JAVA_HOME", old.toString(), "EVERGATE_JAVA_HOME", ""),
                        "",
                        List.of("/bin/sh", "-c", script, "sh", clone.toString()));

        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.output())
                .contains("needs a JDK 25 or newer")
                .contains(old + " (JAVA_HOME): Java 17")
                .contains("Install one");
    }

    private Path javaHome(String version) throws IOException {
        Path home = temporary.resolve("jdk-" + version);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 1\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Shell evergate(String... words) throws Exception {
        return run("", words);
    }

    private Shell run(String input, String... words) throws Exception {
        List<String> command =
                Stream.concat(Stream.of(clone.resolve("evergate").toString()), Stream.of(words))
                        .toList();
        return Shell.run(temporary, environment(), input, command);
    }

    private static Map<String, String> environment() {
        return Map.of(
                "EVERGATE_BUILD", "never", "EVERGATE_JAVA_HOME", System.getProperty("java.home"));
    }

    /** The numbers of the signals that the program ignores. */
    private static List<Integer> ignored(Shell shell) {
        String mask =
                shell.output()
                        .lines()
                        .filter(line -> line.startsWith("SigIgn"))
                        .findFirst()
                        .orElseThrow();
        long bits = Long.parseUnsignedLong(mask.substring(mask.indexOf('\t') + 1).strip(), 16);
        return Stream.iterate(1, number -> number + 1)
                .limit(64)
                .filter(number -> (bits >>> (number - 1) & 1) == 1)
                .toList();
    }
}
