package dev.evergate.keeper;

import dev.evergate.keeper.owner.OwnerRecord;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a gateway keeps everything it owns.
 *
 * @param root an absolute path
 */
record StateDirectory(Path root) {
    private static final String OPTION = "--state-dir";
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    /**
     * The option's value, else {@code EVERGATE_STATE_DIR}, else {@code OPENCLAW_STATE_DIR}, else
     * {@code ~/.evergate}.
     */
    static StateDirectory choose(List<String> arguments, Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        String chosen = option(arguments);
        if (chosen.isEmpty()) {
            chosen = environment.getOrDefault("EVERGATE_STATE_DIR", "");
        }
        if (chosen.isEmpty()) {
            chosen = environment.getOrDefault("OPENCLAW_STATE_DIR", "");
        }
        if (chosen.isEmpty()) {
            chosen = home + "/.evergate";
        } else if (chosen.startsWith("~/")) {
            chosen = home + chosen.substring(1);
        }
        return new StateDirectory(Path.of(chosen).toAbsolutePath().normalize());
    }

    /** Creates what is missing, readable by its owner alone. */
    void create() throws IOException {
        createFolder(root);
        createFolder(run());
        createFolder(logs());
    }

    /** Says who we are, to people and to the next start. */
    void writeOwner(OwnerRecord owner) throws IOException {
        WholeFile.replace(owner(), owner.text());
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path counter() {
        return root.resolve("generation");
    }

    Path run() {
        return root.resolve("run");
    }

    Path owner() {
        return run().resolve("owner");
    }

    Path socket() {
        return run().resolve("keeper.sock");
    }

    /** See {@link JvmOptions}. */
    Path jvmArgs() {
        return run().resolve("jvm.args");
    }

    Path jvmProven() {
        return run().resolve("jvm.proven");
    }

    Path jvmRefused() {
        return run().resolve("jvm.refused");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path dumps() {
        return root.resolve("dumps");
    }

    Path ring() {
        return root.resolve("ring");
    }

    Path errors(long generation) {
        return logs().resolve("generation-" + generation + ".err");
    }

    private static String option(List<String> arguments) {
        String value = "";
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--")) {
                break;
            }
            if (argument.equals(OPTION) && i + 1 < arguments.size()) {
                value = arguments.get(i + 1);
            } else if (argument.startsWith(OPTION + "=")) {
                value = argument.substring(OPTION.length() + 1);
            }
        }
        return value;
    }

    private static void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return; // An existing directory's mode is its owner's business.
        }
        Path parent = folder.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            createFolder(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }
}
