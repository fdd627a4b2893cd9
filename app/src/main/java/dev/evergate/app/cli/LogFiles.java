package dev.evergate.app.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The log files of a gateway, for when nobody serves them. */
final class LogFiles {
    private static final int TAIL_BYTES_MAX = 1_000_000;

    private LogFiles() {}

    /** The last lines of the newest file; none if there is no file. */
    static List<String> tail(Path folder, int limit) {
        try (Stream<Path> files = Files.list(folder)) {
            // The date in the name is the rotation, so the last name is the newest file.
            Path newest =
                    files.filter(
                                    file ->
                                            file.getFileName()
                                                    .toString()
                                                    .matches("evergate-.*\\.jsonl"))
                            .max(Comparator.comparing(Path::getFileName))
                            .orElse(null);
            return newest == null ? List.of() : lastLines(newest, limit);
        } catch (IOException none) {
            return List.of();
        }
    }

    private static List<String> lastLines(Path file, int limit) throws IOException {
        try (var source = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, source.length() - TAIL_BYTES_MAX);
            source.seek(from);
            byte[] bytes = new byte[(int) (source.length() - from)];
            source.readFully(bytes);
            List<String> lines =
                    new ArrayList<>(new String(bytes, StandardCharsets.UTF_8).lines().toList());
            if (from > 0 && !lines.isEmpty()) {
                lines.removeFirst(); // it may begin in its middle
            }
            return lines.subList(Math.max(0, lines.size() - limit), lines.size());
        }
    }
}
