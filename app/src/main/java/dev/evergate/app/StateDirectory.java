package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * Where everything durable lives. Nothing is written outside of it.
 *
 * @param root absolute, with links resolved once it exists
 */
public record StateDirectory(Path root) {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    /** The state directory at a path, which may be relative. */
    public static StateDirectory at(Path path) {
        return new StateDirectory(path.toAbsolutePath().normalize());
    }

    /** The home directory of whoever runs this, as keeper and shell understand it. */
    public static Path home(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")));
    }

    /** Creates what is missing, readable by its owner only. */
    public StateDirectory prepare() {
        try {
            for (Path directory : new Path[] {root, run(), data(), logs()}) {
                if (!Files.isDirectory(directory)) {
                    Files.createDirectories(
                            directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                }
            }
            if (!Files.getPosixFilePermissions(root).equals(OWNER_ONLY)) {
                Files.setPosixFilePermissions(root, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    ("The state directory %s cannot be used: %s (expected: a directory you may"
                                    + " write; choose another with --state-dir)")
                            .formatted(root, e),
                    e);
        }
        return this;
    }

    public Path config() {
        return root.resolve("evergate.json");
    }

    /** Variables for what the process's environment does not say. */
    public Path dotEnv() {
        return root.resolve(".env");
    }

    Path lock() {
        return root.resolve("lock");
    }

    /** Who holds the lock, for people and for the next start. */
    Path owner() {
        return run().resolve("owner");
    }

    public Path run() {
        return root.resolve("run");
    }

    /** Who this gateway is to others. */
    public Path key() {
        return root.resolve("gateway.key");
    }

    public Path data() {
        return root.resolve("data");
    }

    /** Where configurations that have proven themselves are kept. */
    public Path configs() {
        return data().resolve("config");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    /** What happened to this gateway, in a file that survives SIGKILL. */
    public Path ring() {
        return root.resolve("ring");
    }

    /** Takes away what tells the local command line where to go: nobody is there any more. */
    void forgetAccess() {
        try {
            Files.deleteIfExists(Access.fileIn(root));
        } catch (IOException e) {
            LoggerFactory.getLogger(StateDirectory.class)
                    .warn("Cannot delete run/access: {}", e.toString());
        }
    }
}
