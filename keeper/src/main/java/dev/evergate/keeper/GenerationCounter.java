package dev.evergate.keeper;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The last generation number used in a state directory; numbers are never used twice.
 *
 * <p>Thread-safety: confined to the holder of the state lock.
 */
final class GenerationCounter {
    private final Path file;
    private long last;

    /** Reads the file; a missing one counts from the beginning. */
    GenerationCounter(Path file) throws IOException {
        this.file = file;
        this.last = read(file);
    }

    /** The last number used, 0 before the first. */
    long last() {
        return last;
    }

    /** The next number, on disk before this returns. */
    long next() throws IOException {
        long number = last + 1;
        WholeFile.replaceForGood(file, number + "\n");
        last = number;
        return number;
    }

    private static long read(Path file) throws IOException {
        String text;
        try {
            text = WholeFile.read(file).strip();
        } catch (NoSuchFileException e) {
            return 0;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a negative number.
        }
        throw new IOException(
                file
                        + " holds '"
                        + (text.length() > 40 ? text.substring(0, 40) + "…" : text)
                        + "' (expected: the last generation number; the newest"
                        + " logs/generation-<n>.err tells it)");
    }
}
