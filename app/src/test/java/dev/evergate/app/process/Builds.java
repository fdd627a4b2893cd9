package dev.evergate.app.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An installation of its own: builds beside each other, and the link {@code current}. They are
 * copies of the build under test, without startup caches, which know where their jars lay.
 */
record Builds(Path folder) {
    private static Path original() throws IOException {
        return Path.of(System.getProperty("evergate.dist")).toRealPath();
    }

    /** Puts another build beside those that are there. */
    Path add(String name) throws IOException {
        Path from = original();
        Path build = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(file -> !file.toString().endsWith(".aot")).toList()) {
                Path copy = build.resolve(from.relativize(file).toString());
                if (file.toString().endsWith(".args")) {
                    Files.write(copy, moved(Files.readAllLines(file), from, build));
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return build;
    }

    private static List<String> moved(List<String> arguments, Path from, Path to) {
        return arguments.stream()
                .filter(line -> !line.contains("AOTCache"))
                .map(line -> line.replace(from.toString(), to.toString()))
                .toList();
    }

    /** Moves the link. */
    void publish(Path build) throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("next"), build.getFileName());
        Files.move(link, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Every file with its size and time. */
    static Map<String, String> content(Path build) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(build)) {
            for (Path file : files.toList()) {
                content.put(
                        file.toString(),
                        Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
            }
        }
        return content;
    }

    static void delete(Path build) throws IOException {
        Files.walkFileTree(
                build,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes what)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
