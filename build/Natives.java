import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Native libraries inside jars. Those of this platform become plain files, so that nothing is
 * extracted at run time; the others are left out.
 */
class Natives {
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    /** Copies a jar into {@code lib}, its libraries of this platform into {@code natives}. */
    static void unpack(Path jar, Path lib, Path natives) throws IOException {
        try (var in = new JarFile(jar.toFile())) {
            List<? extends ZipEntry> libraries = in.stream().filter(Natives::isNative).toList();
            if (libraries.isEmpty()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
                return;
            }
            for (ZipEntry library : libraries) {
                if (isOfThisPlatform(library.getName())) {
                    Path file = natives.resolve(Path.of(library.getName()).getFileName());
                    Files.copy(in.getInputStream(library), file);
                }
            }
            if (in.stream().anyMatch(Natives::isCode)) {
                strip(in, lib.resolve(jar.getFileName()));
            }
        }
    }

    private static void strip(JarFile jar, Path stripped) throws IOException {
        try (var out = new ZipOutputStream(Files.newOutputStream(stripped))) {
            for (ZipEntry entry : jar.stream().filter(entry -> !isNative(entry)).toList()) {
                var copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                jar.getInputStream(entry).transferTo(out);
                out.closeEntry();
            }
        }
    }

    private static boolean isNative(ZipEntry entry) {
        return entry.getName().matches("(META-INF/native|org/sqlite/native)/.*[^/]");
    }

    private static boolean isCode(ZipEntry entry) {
        return entry.getName().matches("(?!META-INF/).*\\.class");
    }

    /** SQLite sorts by folder, Netty by file name; each has its own word for a processor. */
    private static boolean isOfThisPlatform(String name) {
        return name.startsWith(
                        "org/sqlite/native/" + system() + "/" + (ARM ? "aarch64" : "x86_64") + "/")
                || name.matches("META-INF/native/.*_" + (ARM ? "aarch_64" : "x86_64") + "\\..*");
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return "Mac";
        }
        boolean musl =
                Files.exists(Path.of("/lib/ld-musl-" + (ARM ? "aarch64" : "x86_64") + ".so.1"));
        return musl ? "Linux-Musl" : "Linux";
    }
}
