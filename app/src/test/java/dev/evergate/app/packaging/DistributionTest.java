package dev.evergate.app.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** What this build packed. */
@Tag("process")
class DistributionTest {
    private final Path lib = Path.of(System.getProperty("evergate.dist"), "lib");

    @TempDir Path folder;

    @Test
    void holdsNoTestLibraryAndNoNativeInAJar() throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(lib)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }

        assertThat(jars)
                .extracting(jar -> jar.getFileName().toString())
                .anyMatch(name -> name.startsWith("evergate-app"))
                .noneMatch(name -> name.matches("(junit|assertj|archunit|evergate-testkit).*"));
        for (Path jar : jars) {
            try (var open = new JarFile(jar.toFile())) {
                assertThat(open.stream().map(ZipEntry::getName))
                        .noneMatch(name -> name.matches(".*\\.(so|dll|dylib|jnilib)"));
            }
        }
        assertThat(lib.resolve("native").toFile().list()).contains("libsqlitejdbc.so");
    }

    /** Without the cache a JVM in this mode does not start; a usage error is proof that it did. */
    @ParameterizedTest
    @ValueSource(strings = {"generation", "cli"})
    void startsFromItsCache(String program) throws Exception {
        Shell shell =
                java("-XX:AOTMode=on", "@" + lib.resolve(program + ".args"), "--no-such-flag");

        assertThat(shell.output()).contains("--no-such-flag").doesNotContain("[aot]");
        assertThat(shell.exit()).isEqualTo(2);
    }

    @Test
    void startsTheKeeperFromItsCache() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        Shell shell =
                java(
                        "-XX:AOTMode=on",
                        "@" + lib.resolve("keeper.args"),
                        "--state-dir",
                        file.toString());

        assertThat(shell.output()).contains(file.toString()).doesNotContain("[aot]");
        assertThat(shell.exit()).isEqualTo(69);
    }

    private Shell java(String... words) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = Stream.concat(Stream.of(java), Stream.of(words)).toList();
        return Shell.run(folder, Map.of("EVERGATE_STATE_DIR", folder.toString()), "", command);
    }
}
