package dev.evergate.app.observe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Deletes logs that nobody will read any more; only the holder of the gateway lease does. The date
 * in a log's name is its rotation, so what was not written to for so long is old. Stateless.
 */
public final class OldLogs {
    private static final Duration KEPT = Duration.ofDays(14);

    private OldLogs() {}

    /**
     * Deletes what is older than 14 days; returns how many files went.
     *
     * @param nowMs wall time
     */
    public static int delete(Path directory, long nowMs) throws IOException {
        Instant oldest = Instant.ofEpochMilli(nowMs).minus(KEPT);
        int deleted = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, OldLogs::isLog)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    deleted += Files.deleteIfExists(file) ? 1 : 0;
                }
            }
        }
        return deleted;
    }

    private static boolean isLog(Path file) {
        String name = file.getFileName().toString();
        return (name.startsWith("evergate-") && name.endsWith(".jsonl"))
                || (name.startsWith("generation-") && name.endsWith(".err"));
    }
}
