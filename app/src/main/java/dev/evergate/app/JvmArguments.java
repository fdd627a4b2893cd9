package dev.evergate.app;

import dev.evergate.core.config.ConfigSnapshot.Jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What the configuration wants the JVM of a generation to be started with, besides the options of
 * its build. A generation leaves it to the keeper in {@code run/jvm.args}, and knows by a property
 * of its own with which it was started. Immutable.
 */
record JvmArguments(List<String> options) {
    private static final String PROPERTY = "evergate.jvm";

    /** Collectors exclude each other, and the build has chosen this one. */
    private static final String OWN_COLLECTOR = "-XX:-UseSerialGC";

    private static final String COLLECTOR = "-XX:\\+Use(G1|Z|Parallel|Shenandoah)GC";
    private static final int NAME_CHARS = 16;

    JvmArguments {
        options = List.copyOf(options);
    }

    static JvmArguments of(Jvm jvm) {
        List<String> options = new ArrayList<>();
        jvm.maxHeapMb().ifPresent(mb -> options.add("-Xmx" + mb + "m"));
        if (jvm.options().stream().anyMatch(option -> option.matches(COLLECTOR))) {
            options.add(OWN_COLLECTOR);
        }
        options.addAll(jvm.options());
        return new JvmArguments(options);
    }

    /** The lines of an argument file; empty for nothing. */
    String text() {
        return options.isEmpty()
                ? ""
                : "-D" + PROPERTY + "=" + name() + "\n" + String.join("\n", options) + "\n";
    }

    private String name() {
        if (options.isEmpty()) {
            return "";
        }
        try {
            byte[] all = String.join("\n", options).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all);
            return HexFormat.of().formatHex(digest).substring(0, NAME_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Whether this process was started with exactly these. */
    boolean areInForce() {
        return System.getProperty(PROPERTY, "").equals(name());
    }

    /** Whether they are the last ones that no generation came up with. */
    boolean wereRefused(StateDirectory state) {
        try {
            Path refused = state.run().resolve("jvm.refused");
            return !options.isEmpty()
                    && Files.exists(refused)
                    && Files.readString(refused).equals(text());
        } catch (IOException e) {
            return false;
        }
    }

    /** Leaves them to the keeper, for the next start. */
    void write(StateDirectory state) throws IOException {
        Path file = state.run().resolve("jvm.args");
        if (options.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            OwnerFile.replace(file, text());
        }
    }
}
