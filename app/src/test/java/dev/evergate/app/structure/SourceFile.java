package dev.evergate.app.structure;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A text file of the repository.
 *
 * @param path from the repository's top, with forward slashes
 */
record SourceFile(String path, String text) {
    private static final Set<String> NOT_OURS =
            Set.of(
                    "target",
                    "node_modules",
                    ".git",
                    ".idea",
                    ".vscode",
                    "dist",
                    "cache",
                    "results");

    /** Every text file below the repository's top, except what a build or a tool made. */
    static List<SourceFile> ofRepository() throws IOException {
        Path root = repository();
        List<SourceFile> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        return NOT_OURS.contains(folder.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (attributes.isRegularFile() && !file.endsWith(".git")) {
                            try {
                                String path = root.relativize(file).toString().replace('\\', '/');
                                files.add(new SourceFile(path, Files.readString(file)));
                            } catch (MalformedInputException e) {
                                return FileVisitResult.CONTINUE; // not a text
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return files;
    }

    private static Path repository() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(folder -> Files.exists(folder.resolve(".mvn")))
                .findFirst()
                .orElseThrow();
    }

    boolean isJava() {
        return path.endsWith(".java");
    }
}
