package dev.evergate.keeper.owner;

import dev.evergate.keeper.os.ProcessTable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who keeps a state directory, as written in {@code run/owner}; to be believed only as far as the
 * kernel confirms it.
 *
 * <p>Thread-safety: immutable.
 *
 * @param startTicks of the process, in clock ticks since boot; 0 when unknown
 * @param bootId of the machine's run the ticks count from
 * @param instance the owner's life, a UUID
 * @param generation the newest number, 0 before the first
 * @param place where an owner without a keeper answers, as {@code address:port}; else empty
 */
public record OwnerRecord(
        long pid,
        long startTicks,
        String bootId,
        String instance,
        String version,
        long generation,
        String place) {

    /** This process as an owner that has not begun to serve. */
    public static OwnerRecord ofThisProcess(String instance, String version) throws IOException {
        long pid = ProcessHandle.current().pid();
        Optional<ProcessTable.Entry> entry = ProcessTable.find(pid);
        long ticks = entry.isPresent() ? entry.get().startTicks() : 0;
        return new OwnerRecord(pid, ticks, ProcessTable.bootId(), instance, version, 0, "");
    }

    /** The same owner with another generation. */
    public OwnerRecord withGeneration(long number) {
        return new OwnerRecord(pid, startTicks, bootId, instance, version, number, place);
    }

    /** The same owner, answering there. */
    public OwnerRecord at(String address) {
        return new OwnerRecord(pid, startTicks, bootId, instance, version, generation, address);
    }

    /** The content of the file. */
    public String text() {
        return "pid="
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
                + "\nplace="
                + place
                + "\n";
    }

    /** Reads the file, empty when there is none or it is not understood. */
    public static Optional<OwnerRecord> read(Path file) {
        try {
            String text = "\n" + new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return Optional.of(
                    new OwnerRecord(
                            Long.parseLong(field(text, "pid")),
                            Long.parseLong(field(text, "startTicks")),
                            field(text, "bootId"),
                            field(text, "instance"),
                            field(text, "version"),
                            Long.parseLong(field(text, "generation")),
                            field(text, "place")));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Its process, empty when that has ended: the same number alone proves nothing. */
    public Optional<ProcessTable.Entry> process() {
        try {
            Optional<ProcessTable.Entry> entry = ProcessTable.find(pid);
            boolean isTheSame =
                    entry.isPresent()
                            && entry.get().startTicks() == startTicks
                            && ProcessTable.bootId().equals(bootId);
            return isTheSame ? entry : Optional.empty();
        } catch (IOException e) {
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
