package dev.evergate.app.config;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The configuration of a gateway that never had one. */
public final class FirstConfig {
    private FirstConfig() {}

    /**
     * Writes it with this token, readable by its owner only; never over what is there.
     *
     * @return whether it was written
     * @throws EvergateException {@code STATE_UNUSABLE} if it cannot be
     */
    public static boolean write(Path file, String token) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            int _ = channel.write(StandardCharsets.UTF_8.encode(text(token)));
            channel.force(true);
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** What it says, with this token. */
    static String text(String token) {
        return """
                // Evergate's configuration. JSON with comments; OpenClaw's key names.
                {
                  gateway: {
                    auth: { mode: "token", token: "%s" },
                  },
                }
                """
                .formatted(token);
    }

    private static EvergateException unusable(Path file, IOException cause) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) == 0) {
                Files.delete(file); // begun, and no room for the rest
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new EvergateException(
                ErrorCode.STATE_UNUSABLE,
                ("Cannot write a first configuration %s: %s %s (expected: a writable directory with room;"
                                + " choose another with --state-dir)")
                        .formatted(
                                file,
                                cause.getClass().getSimpleName().replace("Exception", ""),
                                cause.getMessage()),
                cause);
    }
}
