package dev.evergate.core.config.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.history.Entry.Origin;
import dev.evergate.core.config.history.Entry.State;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

@Tag("I34")
class ConfigHistoryTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Path ROOT = Path.of("/etc/evergate/evergate.json");

    @TempDir Path parent;
    private Path folder;
    private ConfigHistory history;

    @BeforeEach
    void open() {
        folder = parent.resolve("config");
        history = new ConfigHistory(folder);
    }

    @Test
    void isEmptyBeforeAnythingWasKept() throws IOException {
        assertThat(history.isEmpty()).isTrue();
        assertThat(history.good()).isEmpty();
        assertThat(history.find(1)).isEmpty();
        assertThat(history.next()).isEqualTo(1);
    }

    @Test
    void givesBackEveryFileAsItWas() throws IOException {
        Map<Path, String> texts = new LinkedHashMap<>();
        texts.put(ROOT, "{ $include: 'a.json' } // ü");
        texts.put(ROOT.resolveSibling("a.json"), "{}\n");

        Entry entry =
                history.add(
                        NOON, Origin.FILE, "file", "sha256:1", "a (at once)", State.APPLIED, texts);

        assertThat(entry.number()).isEqualTo(1);
        ConfigHistory.Kept kept = new ConfigHistory(folder).find(1).orElseThrow();
        assertThat(kept.entry()).isEqualTo(entry);
        assertThat(kept.texts()).isEqualTo(texts);
        assertThat(kept.texts().keySet()).first().isEqualTo(ROOT);
    }

    @Test
    void isForItsOwnerAlone() throws IOException {
        add(State.PROVEN);

        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void fallsBackToTheLastProvenOne() throws IOException {
        add(State.PROVEN);
        add(State.PROVEN);
        add(State.APPLIED);
        add(State.REFUSED);
        add(State.ROLLED_BACK);

        assertThat(history.good().map(kept -> kept.entry().number())).containsExactly(2L, 1L);
        assertThat(history.contents().kept())
                .extracting(Entry::number)
                .containsExactly(5L, 4L, 3L, 2L, 1L);
    }

    @Test
    void remembersWhatBecameOfOne() throws IOException {
        add(State.APPLIED);

        history.mark(1, State.PROVEN);
        history.mark(7, State.PROVEN);

        assertThat(history.good().map(kept -> kept.entry().number())).containsExactly(1L);
        assertThat(history.find(1).orElseThrow().texts()).containsOnlyKeys(ROOT);
        assertThat(folder.resolve("1/entry.json.new")).doesNotExist();
    }

    @Test
    void passesOverWhatIsDamagedAndTells() throws IOException {
        for (int i = 0; i < 7; i++) {
            add(State.PROVEN);
        }
        Files.writeString(folder.resolve("7/0.json5"), "{}");
        Files.writeString(
                folder.resolve("6/entry.json"),
                Files.readString(folder.resolve("6/entry.json")).replace("proven", "applied"));
        Files.writeString(folder.resolve("5/entry.json"), "{");
        Files.delete(folder.resolve("4/0.json5"));
        Files.delete(folder.resolve("3/entry.json"));
        Files.move(folder.resolve("2"), folder.resolve("9"));
        Files.writeString(folder.resolve("8"), "what is this");

        ConfigHistory.Contents contents = history.contents();

        assertThat(contents.kept()).extracting(Entry::number).containsExactly(1L);
        assertThat(contents.damaged())
                .satisfiesExactly(
                        nine ->
                                assertThat(nine)
                                        .isEqualTo(
                                                "configuration 9 is damaged: it says that it is 2"),
                        eight ->
                                assertThat(eight)
                                        .startsWith("configuration 8 is damaged: entry.json"),
                        seven -> assertThat(seven).endsWith("0.json5 has another checksum"),
                        six -> assertThat(six).endsWith("entry.json has another checksum"),
                        five -> assertThat(five).endsWith("entry.json is no JSON"),
                        four -> assertThat(four).endsWith("0.json5 is missing, or no regular file"),
                        three ->
                                assertThat(three)
                                        .endsWith("entry.json is missing, or no regular file"));
        assertThat(history.good().map(kept -> kept.entry().number())).containsExactly(1L);
        assertThat(add(State.APPLIED).number()).isEqualTo(10);
    }

    @Test
    void isNoExceptionWhenItsFolderIsSomethingElse() throws IOException {
        Files.writeString(folder, "a file");

        assertThat(history.contents().damaged()).hasSize(1);
        assertThat(history.good()).isEmpty();
    }

    @Test
    void keepsFiftyAndNeverForgetsTheLastProvenOnes() throws IOException {
        for (int i = 0; i < 5; i++) {
            add(State.PROVEN);
        }
        for (int i = 0; i < 60; i++) {
            add(State.REFUSED);
        }

        List<Long> numbers = history.contents().kept().stream().map(Entry::number).toList();
        assertThat(numbers).hasSize(53).startsWith(65L).endsWith(16L, 5L, 4L, 3L);
    }

    @Test
    void takesAnotherNumberWhenSomebodyElseIsFaster() throws IOException {
        add(State.PROVEN);
        Files.createDirectories(folder.resolve("2/x"));

        assertThat(add(State.PROVEN).number()).isEqualTo(3);
    }

    @Test
    void clearsAwayWhatWasNeverFinished() throws IOException {
        Path old = Files.createDirectories(folder.resolve(".unfinished-1"));
        Files.writeString(old.resolve("0.json5"), "{}");
        Files.setLastModifiedTime(old, FileTime.from(NOON.minusSeconds(7_200)));
        Path young = Files.createDirectories(folder.resolve(".unfinished-2"));
        Files.setLastModifiedTime(young, FileTime.from(NOON));

        add(State.PROVEN);

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(history.contents().damaged()).isEmpty();
    }

    private Entry add(State state) throws IOException {
        return history.add(
                NOON,
                Origin.CLI,
                "someone",
                "sha256:1",
                "",
                state,
                Map.of(ROOT, "{ gateway: {} }"));
    }
}
