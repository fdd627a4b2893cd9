package dev.evergate.app.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces a file whole or not at all: whoever reads sees the one before or this one, also after a
 * power failure. Mode and symbolic links stay. Stateless.
 */
public final class ConfigFileWriter {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private ConfigFileWriter() {}

    /**
     * Writes {@code text}. A file that is new is readable by its owner only.
     *
     * @throws IOException if it cannot be; then the file is as it was
     */
    public static void write(Path file, String text) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = Files.createDirectories(real.getParent());
        Path next = Files.createTempFile(folder, "." + real.getFileName(), ".new", ownerOnly());
        try {
            Files.writeString(next, text, StandardCharsets.UTF_8);
            if (Files.exists(real) && isPosix()) {
                Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(real));
            }
            sync(next);
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
