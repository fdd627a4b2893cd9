package dev.evergate.core.config.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What tells one state of a file from another without reading it.
 *
 * @param key device and inode
 * @param mode type and permissions, as stat(2) has them
 * @param size in bytes
 * @param modified last change of the content
 * @param changed last change of content or permissions
 */
public record FileStamp(Object key, int mode, long size, FileTime modified, FileTime changed) {
    private static final String WANTED = "unix:fileKey,mode,size,lastModifiedTime,ctime";

    /** Of a text that comes from no file. */
    static final FileStamp NONE =
            new FileStamp("", 0100000, 0, FileTime.fromMillis(0), FileTime.fromMillis(0));

    /** The state of a file, links followed; empty if there is none or it may not be looked at. */
    public static Optional<FileStamp> of(Path file) {
        try {
            return Optional.of(read(file));
        } catch (IOException _) {
            return Optional.empty(); // for whoever compares, out of reach is like gone
        }
    }

    static FileStamp read(Path file) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, WANTED);
        return new FileStamp(
                wanted(found, "fileKey"),
                (int) wanted(found, "mode"),
                (long) wanted(found, "size"),
                (FileTime) wanted(found, "lastModifiedTime"),
                (FileTime) wanted(found, "ctime"));
    }

    private static Object wanted(Map<String, Object> found, String name) {
        return Objects.requireNonNull(found.get(name), name);
    }

    /** What kind of file it is, for people. */
    String kind() {
        return switch (mode & 0170000) {
            case 0100000 -> "a regular file";
            case 0040000 -> "a directory";
            case 0010000 -> "a pipe";
            case 0020000, 0060000 -> "a device";
            case 0140000 -> "a socket";
            default -> "not a regular file";
        };
    }

    boolean isRegular() {
        return (mode & 0170000) == 0100000;
    }
}
