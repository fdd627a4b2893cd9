package dev.evergate.app.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/** Takes each defense away once, and sees that the test of it fails. */
class BreachTest {
    private static final long RUN_S_MAX = 300;

    /** Where this module's test classes lie; those of others lie alike. */
    private static final Path TEST_CLASSES = testClasses();

    private static final Path ROOT = root();

    private static Path testClasses() {
        var source = BreachTest.class.getProtectionDomain().getCodeSource();
        return Path.of(URI.create(source.getLocation().toString()));
    }

    /** The repository's. */
    static Path root() {
        return testClasses().resolve("../../..").normalize();
    }

    @TestFactory
    Stream<DynamicTest> fitsTheCode() throws IOException {
        return Breach.in(ROOT).stream()
                .map(
                        breach ->
                                DynamicTest.dynamicTest(
                                        breach.title(),
                                        () -> {
                                            assertThat(breach.defense()).matches("S\\d+");
                                            assertThat(breach.applied(ROOT)).isNotEmpty();
                                            assertThat(testClass(breach)).exists();
                                        }));
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> isNoticed(@TempDir Path scratch) throws IOException {
        return Breach.in(ROOT).stream()
                .map(
                        breach ->
                                DynamicTest.dynamicTest(
                                        breach.title(), () -> expectNoticed(breach, scratch)));
    }

    private static void expectNoticed(Breach breach, Path scratch) throws Exception {
        Path folder = Files.createTempDirectory(scratch, "breach");
        Path classes = Files.createDirectory(folder.resolve("classes"));
        compile(breach, folder, classes);
        Path output = folder.resolve("output");

        int exit = run(breach, classes, output);

        assertThat(exit)
                .as("exit of %s without the defense, saying %s", breach.test(), tail(output))
                .isEqualTo(ChosenTests.SOME_FAILED);
    }

    private static void compile(Breach breach, Path folder, Path classes) throws IOException {
        Path source = folder.resolve(breach.source().toFile().getName());
        Files.writeString(source, breach.applied(ROOT));
        var problems = new ByteArrayOutputStream();
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                problems,
                                problems,
                                "-proc:none",
                                "-nowarn",
                                "-XDignore.symbol.file",
                                "-cp",
                                classPath(),
                                "-d",
                                classes.toString(),
                                source.toString());
        assertThat(failed).as(() -> "javac: " + problems).isZero();
    }

    private static int run(Breach breach, Path classes, Path output) throws Exception {
        Path tests = testClasses(breach.module());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("evergate.") || name.endsWith(".path"))
                .filter(name -> !name.startsWith("sun.") && !name.equals("java.class.path"))
                .forEach(name -> command.add("-D%s=%s".formatted(name, System.getProperty(name))));
        command.add("-cp");
        command.add(
                String.join(File.pathSeparator, classes.toString(), tests.toString(), classPath()));
        command.add(ChosenTests.class.getName());
        command.add(breach.test());
        Process process =
                new ProcessBuilder(command)
                        .directory(breach.module().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(RUN_S_MAX, TimeUnit.SECONDS))
                    .as("%s ends within %d s", breach.test(), RUN_S_MAX)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path testClasses(Path module) {
        return module.resolve(
                TEST_CLASSES.subpath(TEST_CLASSES.getNameCount() - 2, TEST_CLASSES.getNameCount()));
    }

    private static Path testClass(Breach breach) {
        return testClasses(breach.module()).resolve(breach.test().replace('.', '/') + ".class");
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static String tail(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(Math.max(0, text.length() - 2_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
