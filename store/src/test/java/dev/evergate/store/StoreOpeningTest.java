package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a store does with the files it finds. */
final class StoreOpeningTest {
    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path home;

    private Path data;
    private Path file;

    @BeforeEach
    void choose() {
        data = home.resolve("data");
        file = data.resolve("evergate.db");
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void makesFilesThatOnlyTheirOwnerReads() throws IOException {
        try (SqlStore store = SqlStore.open(data, world)) {
            store.proveWritable();

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
            for (Path made : contents(data).keySet().stream().map(data::resolve).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                        .as(made.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void leavesNoLogBehindWhenItIsClosed() throws IOException {
        openAndFill();

        assertThat(contents(data)).containsOnlyKeys("evergate.db", "evergate.db.exists");
    }

    @Test
    void livesAtAnyPath() {
        Path odd = home.resolve("a b?mode=ro#c%25d'ü");

        try (SqlStore store = SqlStore.open(odd, world)) {
            store.inbox().accept(Samples.message("k1", "main"));
        }

        assertThat(odd.resolve("evergate.db")).isRegularFile();
        try (SqlStore store = SqlStore.open(odd, world)) {
            assertThat(store.inbox().pending()).hasSize(1);
        }
    }

    @Test
    @Tag("I32")
    void syncsEveryCommitOnEveryConnection() {
        try (SqlStore store = SqlStore.open(data, world)) {
            for (List<String> settings :
                    List.of(
                            store.write(StoreOpeningTest::settings),
                            store.read(StoreOpeningTest::settings))) {
                assertThat(settings).containsExactly("2", "1", "wal");
            }
        }
    }

    @Test
    @Tag("I30")
    void refusesAStoreOfANewerReleaseAndChangesNothing() throws Exception {
        openAndFill();
        int newest = Migrations.OURS.newest();
        sql("PRAGMA user_version = " + (newest + 1));
        var before = contents(data);

        assertRefused(
                ErrorCode.STORE_DAMAGED,
                "written by a newer release: schema %d, this one knows %d"
                        .formatted(newest + 1, newest));

        assertThat(contents(data)).isEqualTo(before);
    }

    @Test
    void refusesADatabaseOfSomebodyElse() throws Exception {
        Files.createDirectories(data);
        sql("CREATE TABLE theirs (a TEXT)");
        var before = contents(data);

        assertRefused(ErrorCode.STORE_DAMAGED, "not one of Evergate");

        assertThat(contents(data)).isEqualTo(before);
    }

    @Test
    @Tag("I28")
    void refusesAFileThatIsNoDatabase() throws IOException {
        Files.createDirectories(data);
        Files.writeString(file, "{ this is somebody's json }".repeat(500));
        var before = contents(data);

        assertRefused(ErrorCode.STORE_DAMAGED, file.toString());

        assertThat(contents(data)).isEqualTo(before);
    }

    @Test
    @Tag("I28")
    void neverTakesAnEmptyFileForALostStore() throws IOException {
        openAndFill();
        Files.write(file, new byte[0]);

        assertRefused(ErrorCode.STORE_DAMAGED, "missing or empty");

        assertThat(file).isEmptyFile();
    }

    @Test
    @Tag("I28")
    void neverTakesAMissingFileForALostStore() throws IOException {
        openAndFill();
        Files.delete(file);

        assertRefused(ErrorCode.STORE_DAMAGED, "missing or empty");

        assertThat(file).doesNotExist();
    }

    @Test
    void startsAnewOnceTheOwnerHasMovedTheOldStoreAway() throws IOException {
        openAndFill();
        try (Stream<Path> files = Files.list(data)) {
            for (Path old : files.toList()) {
                Files.move(old, home.resolve(old.getFileName()));
            }
        }

        try (SqlStore store = SqlStore.open(data, world)) {
            assertThat(store.inbox().pending()).isEmpty();
        }
    }

    @Test
    @Tag("I28")
    void findsADamagedPageAfterACrash() throws IOException {
        openAndFill();
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] noise = "noise".repeat(400).getBytes(StandardCharsets.US_ASCII);
            for (long page = 2; page < raw.length() / 4_096; page++) {
                raw.seek(page * 4_096);
                raw.write(noise);
            }
        }
        Files.write(data.resolve("evergate.db-wal"), new byte[] {1}); // as a crash leaves one

        assertRefused(ErrorCode.STORE_DAMAGED, "is damaged");
    }

    @Test
    @Tag("I32")
    void cutsATornTailOfTheLog() throws IOException {
        Path copy = home.resolve("copy");
        try (SqlStore store = SqlStore.open(data, world)) {
            store.inbox().accept(Samples.message("k1", "main"));
            store.inbox().accept(Samples.message("k2", "main"));
            Files.createDirectories(copy);
            // What a power cut may leave: not a backup method, and never done by the store.
            for (String name : new String[] {"evergate.db", "evergate.db-wal"}) {
                Files.copy(data.resolve(name), copy.resolve(name));
            }
        }
        try (var log = new RandomAccessFile(copy.resolve("evergate.db-wal").toFile(), "rw")) {
            log.setLength(log.length() - 1_000);
        }

        try (SqlStore store = SqlStore.open(copy, world)) {
            assertThat(store.inbox().findByRun("k1")).isPresent();
            assertThat(store.inbox().findByRun("k2")).isEmpty();
            store.inbox().accept(Samples.message("k2", "main"));
            assertThat(store.inbox().pending()).hasSize(2);
        }
    }

    @Test
    void saysThatTheDirectoryIsAFile() throws IOException {
        Files.writeString(data, "a file");

        assertRefused(ErrorCode.STATE_UNUSABLE, data.toString());
    }

    @Test
    void saysThatTheDatabaseIsADirectory() throws IOException {
        Files.createDirectories(file.resolve("inside"));

        assertRefused(ErrorCode.STATE_UNUSABLE, file.toString());
    }

    @Test
    void saysThatTheDirectoryCannotBeWritten() {
        Path unwritable = Path.of("/proc/evergate-data"); // not even root may make it
        assumeTrue(Files.isDirectory(Path.of("/proc/self")));

        assertThatThrownBy(() -> SqlStore.open(unwritable, world))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE))
                .hasMessageContaining(unwritable.toString());
    }

    @Test
    void reportsDamageThatAppearsWhileItIsOpen() throws IOException {
        try (StoreFixture fixture = new StoreFixture(data)) {
            fixture.accept("k1");
            fixture.disk.failSyncs(1);
            assertThatThrownBy(() -> fixture.accept("k2")).isInstanceOf(EvergateException.class);
            Files.move(file, home.resolve("gone"));

            assertThatThrownBy(() -> fixture.accept("k3"))
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE));

            assertThat(file).doesNotExist();
        }
    }

    private static List<String> settings(StoreConnection c) throws SQLException {
        List<String> settings = new ArrayList<>();
        for (String name : List.of("synchronous", "foreign_keys", "journal_mode")) {
            settings.addAll(c.list("PRAGMA " + name, Row::text));
        }
        return settings;
    }

    private void openAndFill() {
        try (SqlStore store = SqlStore.open(data, world)) {
            for (int i = 0; i < 50; i++) {
                store.inbox().accept(Samples.message("key-" + i, "agent:main:main"));
            }
        }
    }

    private void sql(String text) throws SQLException, IOException {
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        try (Connection connection =
                        new SqliteDialect(world).open(file, SqliteDialect.Purpose.WRITE);
                var statement = connection.createStatement()) {
            int _ = statement.executeUpdate(text);
        }
    }

    private void assertRefused(ErrorCode code, String part) {
        assertThatThrownBy(() -> SqlStore.open(data, world))
                .isInstanceOfSatisfying(
                        EvergateException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(part);
    }

    /** Names and bytes of all files. */
    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                contents.put(
                        each.getFileName().toString(),
                        Files.readString(each, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }
}
