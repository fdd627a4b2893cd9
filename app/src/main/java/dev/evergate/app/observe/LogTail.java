package dev.evergate.app.observe;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.LogSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Reads the newest log file from its end. Thread-safe. */
public final class LogTail implements LogSource {
    private final Path directory;
    private final Supplier<Optional<Path>> named;

    /**
     * @param directory of the day's files
     * @param named the file that is written instead of them, if there is one now
     */
    public LogTail(Path directory, Supplier<Optional<Path>> named) {
        this.directory = directory;
        this.named = named;
    }

    @Override
    public Tail tail(OptionalLong cursor, int linesMax, int bytesMax) {
        try {
            Optional<Path> newest = newest();
            return newest.isEmpty()
                    ? new Tail(directory.toString(), 0, 0, List.of(), false, false, 0)
                    : tail(newest.get(), cursor, linesMax, bytesMax);
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "The log in %s cannot be read: %s".formatted(directory, e),
                    e);
        }
    }

    private static Tail tail(Path file, OptionalLong cursor, int linesMax, int bytesMax)
            throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long size = in.length();
            boolean reset = cursor.isPresent() && cursor.getAsLong() > size;
            long wanted = reset ? 0 : cursor.orElse(0);
            long from = Math.max(wanted, size - bytesMax);
            // One byte earlier, to see whether the stretch begins at a line's beginning.
            long begin = Math.max(0, from - 1);
            byte[] bytes = new byte[(int) (size - begin)];
            in.seek(begin);
            in.readFully(bytes);
            return lines(
                    file,
                    new Stretch(begin, from, size, wanted, reset, cursor.isPresent()),
                    bytes,
                    linesMax);
        }
    }

    /**
     * What was read: from {@code begin}, to be shown from {@code from}, of what was asked for from
     * {@code wanted}.
     */
    private record Stretch(
            long begin, long from, long size, long wanted, boolean reset, boolean hasCursor) {}

    private static Tail lines(Path file, Stretch stretch, byte[] bytes, int linesMax) {
        int start = (int) (stretch.from() - stretch.begin());
        if (start > 0 && bytes[start - 1] != '\n') {
            start = after(bytes, start);
        }
        int end = lastLineEnd(bytes);
        List<Integer> starts = new ArrayList<>();
        for (int at = start; at < end; at = after(bytes, at)) {
            starts.add(at);
        }
        int first = Math.max(0, starts.size() - linesMax);
        List<String> lines = new ArrayList<>();
        for (int at : starts.subList(first, starts.size())) {
            lines.add(new String(bytes, at, after(bytes, at) - 1 - at, StandardCharsets.UTF_8));
        }
        long shownFrom =
                stretch.begin() + (lines.isEmpty() ? Math.max(start, end) : starts.get(first));
        long skipped = stretch.hasCursor() ? Math.max(0, shownFrom - stretch.wanted()) : 0;
        return new Tail(
                file.toString(),
                stretch.begin() + Math.max(start, end),
                stretch.size(),
                lines,
                shownFrom > stretch.wanted(),
                stretch.reset(),
                skipped);
    }

    /** The index after the next line end, or after the last byte. */
    private static int after(byte[] bytes, int at) {
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return bytes.length;
    }

    private static int lastLineEnd(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private Optional<Path> newest() throws IOException {
        Optional<Path> newest = named.get();
        if (newest.isPresent()) {
            return newest.filter(Files::exists);
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "evergate-*.jsonl")) {
            for (Path file : files) {
                if (newest.isEmpty()
                        || file.getFileName().compareTo(newest.get().getFileName()) > 0) {
                    newest = Optional.of(file);
                }
            }
        }
        return newest;
    }
}
