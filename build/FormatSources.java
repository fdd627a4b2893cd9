import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Formats every Java source below a folder with google-java-format (AOSP style).
 *
 * <p>Usage: {@code FormatSources check|apply FOLDER...}. {@code check} changes nothing and exits 1
 * when a file is not formatted; {@code apply} rewrites those files. Runs in a process of the JDK
 * that compiles, because the formatter uses that JDK's parser.
 */
class FormatSources {
    /** What was formatted when this file was written is not looked at again until it changes. */
    private static final Path CHECKED = Path.of("build/cache/formatted");

    private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git", "dist");

    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("apply");
        Instant started = Instant.now();
        Instant checked = checked();
        var formatter = new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());
        List<Path> unformatted = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            for (Path file : sourcesBelow(Path.of(args[i]))) {
                if (lastModified(file).isBefore(checked)) {
                    continue;
                }
                String before = Files.readString(file);
                String after = format(formatter, file, before);
                if (!after.equals(before)) {
                    unformatted.add(file);
                    if (apply) {
                        System.out.println("formatted " + file.normalize());
                        Files.writeString(file, after);
                    }
                }
            }
        }
        if (!apply && !unformatted.isEmpty()) {
            System.err.println("Not formatted (rewrite them with: ./check format):");
            unformatted.forEach(file -> System.err.println("  " + file.normalize()));
            System.exit(1);
        }
        Files.createDirectories(CHECKED.getParent());
        Files.writeString(CHECKED, "Sources older than this file are formatted.\n");
        Files.setLastModifiedTime(CHECKED, FileTime.from(started));
    }

    /**
     * Since when sources are known to be formatted; the beginning of time after a new formatter.
     */
    private static Instant checked() throws IOException {
        if (!Files.exists(CHECKED)) {
            return Instant.MIN;
        }
        Instant checked = lastModified(CHECKED);
        boolean isOutdated =
                lastModified(Path.of("pom.xml")).isAfter(checked)
                        || lastModified(Path.of("build/FormatSources.java")).isAfter(checked);
        return isOutdated ? Instant.MIN : checked;
    }

    private static Instant lastModified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    private static String format(Formatter formatter, Path file, String source) throws Exception {
        try {
            String formatted =
                    RemoveUnusedImports.removeUnusedImports(formatter.formatSource(source));
            return ImportOrderer.reorderImports(formatted, Style.AOSP);
        } catch (Exception e) {
            throw new Exception(file + " cannot be parsed: " + e.getMessage(), e);
        }
    }

    private static List<Path> sourcesBelow(Path root) throws Exception {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        return SKIPPED.contains(String.valueOf(folder.getFileName()))
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().endsWith(".java")) {
                            found.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return found;
    }
}
