package dev.evergate.keeper.log;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that nobody but their owner may read, whatever the umask says (S17). Stateless. */
public final class OwnFile {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private OwnFile() {}

    /**
     * Makes the file, empty, if it is not there; one that is keeps the mode that somebody gave it.
     */
    public static void make(Path file) throws IOException {
        boolean hasModes = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Path _ =
                    hasModes
                            ? Files.createFile(file, OWNER_ONLY)
                            : Files.createFile(file); // Windows: the folder's own rules
        } catch (FileAlreadyExistsException there) {
            return;
        }
    }
}
