package dev.evergate.core.config.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file as text at one moment, or why it is none. Whatever lies there does no harm. */
sealed interface FileText {
    /** What was read, and the state of the file just before. */
    record Text(FileStamp stamp, String text) implements FileText {}

    /** There is no such file. */
    record Absent() implements FileText {}

    /** Something that cannot be used as text. */
    record Bad(String reason) implements FileText {}

    /**
     * Reads a UTF-8 file.
     *
     * @param bytesMax a larger one is {@link Bad}, and is not read
     */
    static FileText read(Path file, int bytesMax) {
        try {
            FileStamp stamp = FileStamp.read(file);
            // Opening a pipe would block; a device may never end.
            if (!stamp.isRegular()) {
                return new Bad("it is " + stamp.kind() + " (expected: a regular file)");
            }
            if (stamp.size() > bytesMax) {
                return tooLarge(stamp.size(), bytesMax);
            }
            ByteBuffer content = content(file, bytesMax + 1);
            return content.remaining() > bytesMax
                    ? tooLarge(content.remaining(), bytesMax)
                    : decoded(stamp, content);
        } catch (NoSuchFileException _) {
            return new Absent();
        } catch (AccessDeniedException _) {
            return new Bad(
                    "it may not be read by this user (expected: a file that %s may read)"
                            .formatted(System.getProperty("user.name", "it")));
        } catch (FileSystemException e) {
            String reason = e.getReason();
            return new Bad("it cannot be read: " + (reason == null ? e.toString() : reason));
        } catch (IOException e) {
            return new Bad("it cannot be read: " + e.getMessage());
        }
    }

    /** What comes is what counts: by now, its size may be another one. */
    private static ByteBuffer content(Path file, int bytesMax) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return ByteBuffer.wrap(content.readNBytes(bytesMax));
        }
    }

    private static FileText decoded(FileStamp stamp, ByteBuffer content) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(content).toString();
            return text.indexOf('\0') < 0
                    ? new Text(stamp, text)
                    : new Bad(
                            "it holds a NUL in line %d (expected: text)"
                                    .formatted(lines(text, text.indexOf('\0'))));
        } catch (CharacterCodingException _) {
            return new Bad(
                    "it is not UTF-8: byte %d is none (expected: a text file)"
                            .formatted(content.position() + 1));
        }
    }

    private static long lines(String text, int end) {
        return 1 + text.substring(0, end).chars().filter(c -> c == '\n').count();
    }

    private static Bad tooLarge(long bytes, int bytesMax) {
        return new Bad("it has %,d bytes (expected: at most %,d)".formatted(bytes, bytesMax));
    }
}
