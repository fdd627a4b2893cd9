package dev.evergate.app.structure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One defense taken out of one line, and the test that must fail then: a file in {@code
 * src/test/breaches} of the module of that test. Immutable.
 *
 * @param module the folder of that module
 * @param title number of the defense, and what an attacker gains
 * @param source the file, from the repository's root
 * @param before part of a line; occurs once in the file
 * @param after what stands there instead
 * @param test the class that notices, by its full name
 */
record Breach(Path module, String title, Path source, String before, String after, String test) {

    /** Those of all modules, in the order of their files' names. */
    static List<Breach> in(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path folder : folders) {
                Path breaches = folder.resolve("src/test/breaches");
                if (Files.isDirectory(breaches)) {
                    try (Stream<Path> files = Files.list(breaches)) {
                        files.forEach(found::add);
                    }
                }
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(file -> file.toFile().getName()))
                .map(Breach::read)
                .toList();
    }

    private static Breach read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            Map<String, String> fields = new HashMap<>();
            for (String line : lines.subList(1, lines.size())) {
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    fields.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
            return new Breach(
                    file.resolve("../../../..").normalize(),
                    lines.getFirst(),
                    Path.of(field(fields, "file", file)),
                    field(fields, "replace", file),
                    fields.getOrDefault("with", ""),
                    field(fields, "caught by", file));
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    private static String field(Map<String, String> fields, String name, Path file) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException(
                    "%s does not say \"%s: …\" (it has %s)".formatted(file, name, fields.keySet()));
        }
        return value;
    }

    /** The defense's number, such as {@code S3}. */
    String defense() {
        return title.substring(0, Math.max(0, title.indexOf(' ')));
    }

    /**
     * The source without the defense.
     *
     * @throws IllegalStateException if the line is not there exactly once
     */
    String applied(Path root) throws IOException {
        String text = Files.readString(root.resolve(source));
        int at = text.indexOf(before);
        if (at < 0 || text.indexOf(before, at + 1) >= 0) {
            throw new IllegalStateException(
                    "%s has %s \"%s\" (expected: once; adapt the breach to the code)"
                            .formatted(source, at < 0 ? "no" : "more than one", before));
        }
        return text.substring(0, at) + after + text.substring(at + before.length());
    }
}
