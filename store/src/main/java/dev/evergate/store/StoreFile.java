package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The database file and its surroundings: makes it, and refuses to take an empty one for a store
 * that was lost. Never opens a file that exists: closing it would drop SQLite's locks.
 */
record StoreFile(Path directory, boolean closedCleanly, long bytes) {
    private static final String NAME = "evergate.db";

    /** Beside the database from the moment it has tables. */
    private static final String MARK = "evergate.db.exists";

    /** Makes directory and file where they are missing. */
    static StoreFile prepare(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, mode(directory, "rwx------"));
                sync(directory.toAbsolutePath().getParent());
            }
            Path log = directory.resolve(NAME + "-wal");
            long logBytes = Files.exists(log) ? Files.size(log) : 0;
            long bytes = Files.exists(file) ? Files.size(file) : 0;
            if (bytes == 0 && (logBytes > 0 || Files.exists(directory.resolve(MARK)))) {
                throw damaged(file, "it is missing or empty, but was not before");
            }
            if (!Files.exists(file)) {
                create(directory, NAME);
            }
            return new StoreFile(directory, logBytes == 0, bytes);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /** Finds the file of a store that is in use; makes nothing. */
    static Path existing(Path directory) {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw damaged(file, "it is missing");
        }
        return file;
    }

    Path path() {
        return directory.resolve(NAME);
    }

    /** Remembers that the store exists now. */
    void mark() {
        try {
            if (!Files.exists(directory.resolve(MARK))) {
                create(directory, MARK);
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    static EvergateException damaged(Path file, String finding) {
        return new EvergateException(ErrorCode.STORE_DAMAGED, damage(file, finding));
    }

    static EvergateException damaged(Path file, String finding, Throwable cause) {
        return new EvergateException(ErrorCode.STORE_DAMAGED, damage(file, finding), cause);
    }

    static EvergateException newer(Path file, int schema, int known) {
        return new EvergateException(
                ErrorCode.STORE_DAMAGED,
                """
                The store %s was written by a newer release: schema %d, this one knows %d. Nothing was \
                changed. Start a release that knows schema %d, such as the one that ran here last, or put a \
                backup from before the upgrade in its place."""
                        .formatted(file, schema, known, schema));
    }

    private static String damage(Path file, String finding) {
        return """
                The store %s is damaged: %s. Nothing was changed. Stop the gateway, move the files \
                %s* elsewhere, and put a backup in their place; without a backup, moving them away \
                starts an empty store."""
                .formatted(file, finding, file);
    }

    private static EvergateException unusable(Path directory, IOException e) {
        return new EvergateException(
                ErrorCode.STATE_UNUSABLE,
                "The data directory %s cannot be used (%s): it must be a directory that this user may write"
                                .formatted(directory, e)
                        + " to, on a disk with free space",
                e);
    }

    /** Makes an empty file that only this user may read; one that is there stays as it is. */
    static void create(Path directory, String name) throws IOException {
        try {
            Path _ = Files.createFile(directory.resolve(name), mode(directory, "rw-------"));
        } catch (FileAlreadyExistsException e) {
            return; // another process was faster, and will have synced it
        }
        sync(directory);
    }

    /** Makes the names in a directory durable. */
    static void sync(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static FileAttribute<?>[] mode(Path file, String permissions) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
