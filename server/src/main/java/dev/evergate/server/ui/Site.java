package dev.evergate.server.ui;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A folder of files that anybody may read. Nothing outside of it is found, whatever a path or a
 * symbolic link says, and no name that begins with a dot. Thread-safe; waits for the disk.
 */
final class Site {
    private final Path root;

    /**
     * @param root absolute; need not be there
     */
    Site(Path root) {
        this.root = root;
    }

    /**
     * Opens a file for reading; to be closed by the caller.
     *
     * @param path decoded, with slashes between names and none at the beginning
     * @return empty if there is no such regular file
     */
    Optional<FileChannel> open(String path) throws IOException {
        Optional<Path> file = path.isEmpty() ? Optional.empty() : find(path);
        return file.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        FileChannel.open(
                                file.get(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** When a file that was found has changed last, in milliseconds since the epoch. */
    long changedMs(String path) throws IOException {
        return Files.getLastModifiedTime(root.resolve(path)).toMillis();
    }

    private Optional<Path> find(String path) throws IOException {
        for (String name : path.split("/", -1)) {
            if (!isPlain(name)) {
                return Optional.empty();
            }
        }
        Path wanted;
        try {
            wanted = root.resolve(path);
        } catch (InvalidPathException e) {
            return Optional.empty(); // in the locale of a service, all beyond ASCII is that
        }
        if (!Files.isRegularFile(wanted)) {
            return Optional.empty();
        }
        Path real = wanted.toRealPath();
        return real.startsWith(root.toRealPath()) ? Optional.of(real) : Optional.empty();
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty()
                && !name.startsWith(".")
                && name.indexOf('\\') < 0
                && name.chars().noneMatch(Character::isISOControl);
    }
}
