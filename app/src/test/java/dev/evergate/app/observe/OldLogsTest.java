package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

class OldLogsTest {
    private static final long DAY_MS = 86_400_000;
    private static final long NOW_MS = 100 * DAY_MS;

    @TempDir Path folder;

    @Test
    void deletesLogsOfAFortnightAgoAndNothingElse() throws IOException {
        Path old = file("evergate-2026-01-01.jsonl", 15);
        Path oldErrors = file("generation-7.err", 15);
        Path young = file("evergate-2026-01-14.jsonl", 13);
        Path foreign = file("notes.txt", 50);

        assertThat(OldLogs.delete(folder, NOW_MS)).isEqualTo(2);

        assertThat(old).doesNotExist();
        assertThat(oldErrors).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
    }

    private Path file(String name, long ageDays) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "x");
        return Files.setLastModifiedTime(file, FileTime.fromMillis(NOW_MS - ageDays * DAY_MS));
    }
}
