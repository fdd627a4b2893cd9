package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Mode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What the configuration wants generations' JVMs to be started with, besides the options of their
 * build. A generation leaves it in a file; options that no JVM comes up with are set aside.
 *
 * <pre>
 *   run/jvm.args      wanted
 *   run/jvm.proven    a generation has served with these
 *   run/jvm.refused   the last ones that no generation came up with
 * </pre>
 *
 * Thread-safety: confined to the keeper's loop.
 */
final class JvmOptions {
    private final StateDirectory state;
    private final KeeperLog log;
    private boolean isLeftOut;

    JvmOptions(StateDirectory state, KeeperLog log) {
        this.state = state;
        this.log = log;
    }

    /** What the next generation gets; empty for nothing. */
    String next(Mode mode) {
        boolean isWithout = isLeftOut || mode == Mode.SAFE;
        isLeftOut = false;
        return isWithout ? "" : read(mode == Mode.NORMAL ? state.jvmArgs() : state.jvmProven());
    }

    /**
     * The argument file with these options in it: before its last line, which names the program,
     * and behind the build's own, which they take precedence over.
     */
    Path in(Path argumentFile, String options) throws IOException {
        if (options.isBlank()) {
            return argumentFile;
        }
        String text = WholeFile.read(argumentFile).stripTrailing();
        int last = text.lastIndexOf('\n') + 1;
        Path joined = state.run().resolve("generation.args");
        WholeFile.replace(
                joined,
                text.substring(0, last) + options.strip() + "\n" + text.substring(last) + "\n");
        return joined;
    }

    /** A generation serves. */
    void proven(Generation generation) {
        String options = generation.jvmOptions();
        if (generation.mode() == Mode.NORMAL && !options.equals(read(state.jvmProven()))) {
            keep(state.jvmProven(), options);
        }
    }

    /** A generation has ended without having come so far that its options can be fit. */
    void failed(Generation generation) {
        String options = generation.jvmOptions();
        String proven = read(state.jvmProven());
        if (generation.mode() != Mode.NORMAL) {
            return;
        }
        if (options.equals(proven)) {
            isLeftOut = !options.isEmpty(); // They were fit before; perhaps they are no longer.
        } else if (options.equals(read(state.jvmArgs()))) {
            keep(state.jvmRefused(), options);
            keep(state.jvmArgs(), proven);
            log.complain(
                    "jvm.refused",
                    "Generation "
                            + generation.number()
                            + " did not come up with the options of jvm in the configuration; the"
                            + " next one gets those of before. See: "
                            + state.errors(generation.number()));
        }
    }

    private void keep(Path file, String options) {
        try {
            if (options.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                WholeFile.replaceForGood(file, options);
            }
        } catch (IOException e) {
            log.warn("jvm.kept", file + " cannot be written: " + e.getMessage());
        }
    }

    private String read(Path file) {
        try {
            return WholeFile.read(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            log.warn("jvm.read", file + " cannot be read: " + e.getMessage());
            return "";
        }
    }
}
