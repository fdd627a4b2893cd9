package dev.evergate.bench.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The build that is measured.
 *
 * @param root of the repository
 * @param home {@code build/dist/<build id>}
 * @param work an empty folder for state directories
 */
public record Build(Path root, Path home, Path work) {
    private static final String CACHE_FLAG = "\"-XX:AOTCache=";

    /** How a gateway is started. */
    public enum Start {
        LAUNCHER("./evergate"),
        KEEPER("java keeper"),
        C1_ONLY("java keeper, C1 only"),
        NO_CACHE("java keeper, no startup cache"),
        ALONE("java generation, no keeper");

        private final String title;

        Start(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        /** Those with a keeper. */
        public static List<Start> kept() {
            return Arrays.stream(values()).filter(start -> start != ALONE).toList();
        }
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public String id() {
        return home.getFileName().toString();
    }

    /** The command up to {@code gateway run}. */
    public List<String> command(Start start) throws IOException {
        return switch (start) {
            case LAUNCHER -> List.of(root.resolve("evergate").toString());
            case KEEPER -> keeper(arguments("keeper"));
            case ALONE -> keeper(arguments("generation"));
            case C1_ONLY -> {
                List<String> generation = new ArrayList<>(arguments("generation"));
                generation.addFirst("-XX:TieredStopAtLevel=1");
                yield keeper(launching(generation, start, arguments("keeper")));
            }
            case NO_CACHE -> {
                Predicate<String> isCache = line -> line.startsWith(CACHE_FLAG);
                List<String> generation =
                        arguments("generation").stream().filter(isCache.negate()).toList();
                List<String> keeper =
                        arguments("keeper").stream().filter(isCache.negate()).toList();
                yield keeper(launching(generation, start, keeper));
            }
        };
    }

    /** The flags a generation runs with, for a JVM that is to be compared with it. */
    public List<String> generationFlags() throws IOException {
        return arguments("generation").stream()
                .filter(line -> line.startsWith("-X") || line.startsWith("-Dio.netty"))
                .filter(line -> !line.startsWith("-Xlog"))
                .toList();
    }

    private List<String> arguments(String program) throws IOException {
        return Files.readAllLines(home.resolve("lib").resolve(program + ".args"));
    }

    /** Keeper arguments that start generations with arguments of our own. */
    private List<String> launching(List<String> generation, Start start, List<String> keeper)
            throws IOException {
        Path file = work.resolve("generation-" + start.name() + ".args");
        Files.write(file, generation);
        List<String> lines = new ArrayList<>(keeper);
        lines.addFirst("\"-Devergate.generation.args=" + file + "\"");
        return lines;
    }

    private List<String> keeper(List<String> lines) throws IOException {
        Path file = Files.createTempFile(work, "keeper", ".args");
        Files.write(file, lines);
        return List.of(java(), "@" + file);
    }
}
