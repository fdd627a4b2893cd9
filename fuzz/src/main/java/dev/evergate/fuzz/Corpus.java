package dev.evergate.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The inputs that were found, one file for each target: a line of Base64 for each input, the
 * shortest first. Not thread-safe.
 *
 * @param folder of those files
 */
public record Corpus(Path folder) {
    /** The inputs of a target; none if it has no file. */
    public List<byte[]> of(String target) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        if (Files.exists(file(target))) {
            for (String line : Files.readAllLines(file(target))) {
                inputs.add(Base64.getDecoder().decode(line));
            }
        }
        return inputs;
    }

    private Path file(String target) {
        return folder.resolve(target + ".b64");
    }

    /** Writes what is here, and the seeds, as one file each: what Jazzer begins with. */
    void unpack(String target, Path into) throws IOException {
        Files.createDirectories(into);
        List<byte[]> inputs = new ArrayList<>(Targets.named(target).seeds());
        inputs.addAll(of(target));
        for (byte[] input : inputs) {
            Files.write(into.resolve("i" + Arrays.hashCode(input) + "-" + input.length), input);
        }
    }

    /** Keeps the files of a folder instead of what is here. */
    void pack(String target, Path from) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        Comparator<byte[]> shortest = Comparator.comparingInt(input -> input.length);
        List<String> lines =
                inputs.stream()
                        .sorted(shortest.thenComparing(Arrays::compare))
                        .map(input -> Base64.getEncoder().encodeToString(input))
                        .distinct()
                        .toList();
        Files.createDirectories(folder);
        Files.write(file(target), lines);
    }

    /**
     * {@code names}, or {@code unpack FOLDER TARGET PLACE}, or {@code pack FOLDER TARGET PLACE}.
     */
    public static void main(String[] args) throws IOException {
        if (args[0].equals("names")) {
            Targets.names().forEach(System.out::println);
            return;
        }
        Corpus corpus = new Corpus(Path.of(args[1]));
        String target = args[2];
        Path place = Path.of(args[3]);
        switch (args[0]) {
            case "unpack" -> corpus.unpack(target, place);
            case "pack" -> corpus.pack(target, place);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
