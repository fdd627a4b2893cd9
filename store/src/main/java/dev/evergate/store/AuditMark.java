package dev.evergate.store;

import dev.evergate.core.journal.AuditTrail.Mark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The note of where the audit log ends, in a file of its own: it is noticed if entries are cut off.
 * Written behind each commit and not synced, so it is never ahead of the log and may be behind it.
 * Thread-safe.
 */
final class AuditMark {
    private static final String NAME = "audit.head";

    private static final int CHARS_MAX = 200;

    private final Path directory;
    private final AtomicReference<Mark> newest = new AtomicReference<>(Mark.START);
    private final Semaphore writing = new Semaphore(1);
    private volatile long written;

    AuditMark(Path directory) {
        this.directory = directory;
    }

    /** Makes the file of a log that has no entry yet; one that is there stays as it is. */
    void create() throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            StoreFile.create(directory, NAME);
            write(Mark.START);
        }
    }

    /** What it says; empty if it is missing or says nothing that can be understood. */
    Optional<Mark> read() {
        try {
            String text = Files.readString(directory.resolve(NAME), StandardCharsets.US_ASCII);
            String[] words =
                    text.substring(0, Math.min(CHARS_MAX, text.length())).strip().split(" ");
            return words.length == 2
                    ? Optional.of(new Mark(Long.parseLong(words[0]), words[1]))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The log has come so far. Whoever comes while another writes leaves it to that one. */
    void moveTo(Mark end) {
        Mark last = newest.accumulateAndGet(end, (a, b) -> a.seq() > b.seq() ? a : b);
        while (last.seq() > written && writing.tryAcquire()) {
            try {
                write(last);
                written = last.seq();
            } catch (IOException e) {
                return; // it stays behind, as a crash would leave it; the next entry tries again
            } finally {
                writing.release();
            }
            last = newest.get();
        }
    }

    private void write(Mark mark) throws IOException {
        // Always as long, so that one is written over the other.
        byte[] line =
                "%019d %s\n".formatted(mark.seq(), mark.hash()).getBytes(StandardCharsets.US_ASCII);
        try (var channel = FileChannel.open(directory.resolve(NAME), StandardOpenOption.WRITE)) {
            int _ = channel.write(ByteBuffer.wrap(line), 0);
        }
    }
}
