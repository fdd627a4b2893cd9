package dev.evergate.core.config.source;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The configuration that a gateway writes itself when there has never been one. */
public final class FirstConfig {
    private FirstConfig() {}

    /**
     * Writes it with this token, readable by its owner only; never over something that is there.
     *
     * @return whether it was written; false if there was a file
     * @throws EvergateException {@code STATE_UNUSABLE} if it cannot be; then nothing is there
     */
    public static boolean createIfMissing(Path path, String token) {
        String text =
                """
                // Evergate's configuration. JSON with comments; OpenClaw's key names.
                {
                  gateway: {
                    auth: { mode: "token", token: "%s" },
                  },
                }
                """
                        .formatted(token);
        try {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    ("Cannot create the configuration %s: %s (expected: a writable directory;"
                                    + " choose another with --state-dir)")
                            .formatted(path, reason(e)),
                    e);
        }
        try {
            Files.writeString(path, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            return true;
        } catch (IOException e) {
            deleteQuietly(path, e);
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "Cannot write the configuration %s: %s (expected: room on the disk)"
                            .formatted(path, reason(e)),
                    e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private static void deleteQuietly(Path path, IOException cause) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
