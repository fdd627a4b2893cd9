package dev.evergate.core.config.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

/** Whatever lies in the place of a file, reading ends soon, and says what it is. */
@Tag("I34")
@Tag("G1")
class HostileFilesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir Path folder;

    /** What can be put in a file's place, and what is said of it. */
    enum Thing {
        PIPE("a pipe") {
            @Override
            void put(Path file) throws IOException, InterruptedException {
                assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                        .isZero();
            }
        },
        DIRECTORY("a directory") {
            @Override
            void put(Path file) throws IOException {
                Files.createDirectory(file);
            }
        },
        ENDLESS_DEVICE("a device") {
            @Override
            void put(Path file) throws IOException {
                Files.createSymbolicLink(file, Path.of("/dev/zero"));
            }
        },
        SOCKET("a socket") {
            @Override
            void put(Path file) throws IOException {
                try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    server.bind(UnixDomainSocketAddress.of(file));
                }
            }
        },
        TWO_GIGABYTES("at most 4,194,304") {
            @Override
            void put(Path file) throws IOException {
                try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
                    sparse.setLength(2L << 30);
                }
            }
        },
        NULS("it holds a NUL in line 1") {
            @Override
            void put(Path file) throws IOException {
                Files.write(file, new byte[4_096]);
            }
        },
        NOT_UTF8("it is not UTF-8: byte 3") {
            @Override
            void put(Path file) throws IOException {
                Files.write(file, new byte[] {'{', ' ', (byte) 0xff, '}'});
            }
        },
        LOOP_OF_LINKS("Too many levels of symbolic links") {
            @Override
            void put(Path file) throws IOException {
                Path other = file.resolveSibling("loop");
                Files.createSymbolicLink(file, other);
                Files.createSymbolicLink(other, file);
            }
        },
        EMPTY("it is empty") {
            @Override
            void put(Path file) throws IOException {
                Files.createFile(file);
            }
        },
        DEEP("expected: at most 64") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(file, "{a:" + "[".repeat(2_000_000));
            }
        };

        private final String said;

        Thing(String said) {
            this.said = said;
        }

        abstract void put(Path file) throws IOException, InterruptedException;
    }

    @AfterEach
    void removeLinks() throws IOException {
        for (String name : new String[] {"evergate.json", "part.json", ".env"}) {
            if (Files.isSymbolicLink(folder.resolve(name))) {
                Files.delete(folder.resolve(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Thing.class)
    void isNamedInThePlaceOfTheFile(Thing thing) throws Exception {
        thing.put(root());

        assertThat(read())
                .isInstanceOfSatisfying(
                        SourceReading.Unusable.class,
                        unusable ->
                                assertThat(unusable.problem().message())
                                        .startsWith(root().toString())
                                        .contains(thing.said));
    }

    @ParameterizedTest
    @EnumSource(Thing.class)
    void isNamedInThePlaceOfAnIncludedFile(Thing thing) throws Exception {
        Files.writeString(root(), "{ $include: 'part.json' }");
        thing.put(folder.resolve("part.json"));

        assertThat(read())
                .isInstanceOfSatisfying(
                        SourceReading.Unusable.class,
                        unusable ->
                                assertThat(unusable.problem().message())
                                        .matches(
                                                message ->
                                                        message.contains(thing.said)
                                                                || message.contains(
                                                                        "leads out of")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Thing.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"EMPTY", "DEEP"})
    void costsOnlyItsVariablesInThePlaceOfDotEnv(Thing thing) throws Exception {
        Files.writeString(root(), "{ a: '${HERE}', b: '${GONE}' }");
        thing.put(folder.resolve(".env"));

        assertThat(read())
                .isInstanceOfSatisfying(
                        SourceReading.Read.class,
                        read -> {
                            assertThat(read.sources().resolved()).hasToString("{\"a\":\"x\"}");
                            assertThat(read.sources().problems()).hasSize(2);
                            assertThat(read.sources().problems().getFirst().message())
                                    .startsWith(folder.resolve(".env") + ": ")
                                    .contains(thing.said);
                        });
    }

    @Test
    void isNamedWhenItMayNotBeRead() throws IOException {
        Files.writeString(root(), "{}");
        Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(root()), "the superuser reads everything");

        assertThat(read())
                .isInstanceOfSatisfying(
                        SourceReading.Unusable.class,
                        unusable ->
                                assertThat(unusable.problem().message())
                                        .contains("may not be read"));
    }

    @Test
    void isMissingWhenALinkLeadsNowhere() throws IOException {
        Files.createSymbolicLink(root(), folder.resolve("nowhere/evergate.json"));

        assertThat(read()).isInstanceOf(SourceReading.Missing.class);
        assertThat(read().watched()).contains(root(), folder.resolve("nowhere/evergate.json"));
    }

    @Test
    void isUnusableWhenAFolderOnTheWayIsAFile() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        var files =
                new ConfigFiles(
                        folder.resolve("file/evergate.json"), Map.of(), SecretCommands.NONE);

        assertThat(files.read()).isNotInstanceOf(SourceReading.Read.class);
    }

    private SourceReading read() {
        return assertTimeoutPreemptively(
                SOON,
                () -> new ConfigFiles(root(), Map.of("HERE", "x"), SecretCommands.NONE).read());
    }

    private Path root() {
        return folder.resolve("evergate.json");
    }
}
