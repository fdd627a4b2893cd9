package dev.evergate.keeper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who keeps a state directory, as written in {@code run/owner}; to be believed only while the lock
 * is held.
 *
 * @param startTicks of the keeper, in clock ticks since boot; 0 when unknown
 * @param bootId of the machine's run the ticks count from
 * @param instance the keeper's life, a UUID
 * @param generation the newest number, 0 before the first
 */
record OwnerRecord(
        long pid,
        long startTicks,
        String bootId,
        String instance,
        String version,
        long generation) {

    /** Replaces the file. */
    void write(Path file) throws IOException {
        WholeFile.replace(
                file,
                "pid="
                        + pid
                        + "\nstartTicks="
                        + startTicks
                        + "\nbootId="
                        + bootId
                        + "\ninstance="
                        + instance
                        + "\nversion="
                        + version
                        + "\ngeneration="
                        + generation
                        + "\n");
    }

    /** Reads the file, empty when there is none or it is not understood. */
    static Optional<OwnerRecord> read(Path file) {
        try {
            String text = "\n" + WholeFile.read(file);
            return Optional.of(
                    new OwnerRecord(
                            Long.parseLong(field(text, "pid")),
                            Long.parseLong(field(text, "startTicks")),
                            field(text, "bootId"),
                            field(text, "instance"),
                            field(text, "version"),
                            Long.parseLong(field(text, "generation"))));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String field(String text, String key) throws IOException {
        int at = text.indexOf("\n" + key + "=");
        int end = at < 0 ? -1 : text.indexOf('\n', at + 1);
        if (end < 0) {
            throw new IOException("No " + key);
        }
        return text.substring(at + key.length() + 2, end);
    }
}
