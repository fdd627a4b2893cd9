import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes one runnable build of Evergate: {@code build/dist/<build id>/}.
 *
 * <p>Usage: {@code Distribution VERSION DIST STARTED JAR CLASSPATH}, where STARTED is the instant
 * at which the build began to read its sources.
 *
 * <p>A build is never changed once {@code current} has pointed at it: processes run from it, and a
 * replaced jar or a truncated cache breaks them. It is made under its own name all the same,
 * because a startup cache knows where its jars lay; the file {@code complete} comes last, and a
 * folder without it is what a killed build left. The id holds the version and a hash of all that
 * went in (jars, this recipe, the JDK, the place), so an unchanged build is found again instead of
 * being made again.
 */
class Distribution {
    /** Builds that stay although nothing runs from them; the current one is among them. */
    private static final int KEPT_BUILDS = 3;

    private static final List<String> RECIPE =
            List.of(
                    "Distribution.java",
                    "Natives.java",
                    "Launch.java",
                    "Training.java",
                    "Exercise.java");

    private final String version;
    private final Path recipe;
    private final Path dist;
    private final List<Path> jars;

    private Distribution(String version, Path recipe, Path dist, List<Path> jars) {
        this.version = version;
        this.recipe = recipe;
        this.dist = dist;
        this.jars = jars;
    }

    public static void main(String[] args) throws Exception {
        Path recipe = Path.of(System.getProperty("jdk.launcher.sourcefile")).getParent();
        Path dist = Files.createDirectories(Path.of(args[1])).toRealPath();
        if (dist.toString().contains(":")) {
            System.err.println(dist + ": a module path cannot hold a colon; move the clone");
            System.exit(1);
        }
        List<Path> jars = new ArrayList<>(List.of(Path.of(args[3])));
        Stream.of(args[4].split(System.getProperty("path.separator")))
                .filter(entry -> entry.endsWith(".jar"))
                .forEach(entry -> jars.add(Path.of(entry)));
        jars.sort(Comparator.comparing(Path::getFileName));
        var distribution = new Distribution(args[0], recipe, dist, jars);
        try (var channel = FileChannel.open(dist.resolve(".lock"), CREATE, WRITE);
                var _ = channel.lock()) { // one build at a time; the lock ends with its process
            String id = distribution.id();
            Path build = dist.resolve(id);
            if (!isComplete(build) || (!isTrained(build) && !isUsed(build))) {
                distribution.make(id);
            }
            distribution.publish(id, Instant.parse(args[2]));
            distribution.sweep(id);
        }
    }

    private String id() throws Exception {
        List<Path> inputs = new ArrayList<>(jars);
        for (String source : RECIPE) {
            inputs.add(recipe.resolve(source));
        }
        for (Launch launch : Launch.values()) {
            inputs.add(launch.template(recipe));
        }
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update((dist + "\n" + jdk()).getBytes());
        for (Path input : inputs) {
            digest.update(input.getFileName().toString().getBytes());
            digest.update(Files.readAllBytes(input));
        }
        return version + "-" + HexFormat.of().formatHex(digest.digest()).substring(0, 10);
    }

    /** The JDK's version as the launcher reads it, without starting one. */
    private static String jdk() throws IOException {
        Path release = Path.of(System.getProperty("java.home"), "release");
        String key = "JAVA_RUNTIME_VERSION=";
        return Files.readAllLines(release).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("\"", ""))
                .findFirst()
                .orElse("unknown");
    }

    private void make(String id) throws Exception {
        System.out.println("packing " + id);
        Path home = dist.resolve(id);
        delete(home);
        Path lib = Files.createDirectories(home.resolve("lib"));
        Path telemetry = Files.createDirectories(lib.resolve("telemetry"));
        for (Path jar : jars) {
            Path folder = isTelemetry(jar) ? telemetry : lib;
            Natives.unpack(jar, folder, Files.createDirectories(lib.resolve("native")));
        }
        Map<Launch, List<String>> arguments = new EnumMap<>(Launch.class);
        for (Launch launch : Launch.values()) {
            arguments.put(launch, launch.arguments(recipe, home, version));
        }
        Training.run(lib, arguments);
        for (Launch launch : Launch.values()) {
            List<String> lines = arguments.get(launch);
            boolean isCached = Files.exists(lib.resolve(launch.file("aot")));
            Files.write(
                    lib.resolve(launch.file("args")),
                    isCached ? lines : Launch.withoutCache(lines));
        }
        Files.createFile(home.resolve("complete"));
    }

    /** What is loaded only where telemetry is configured: it must not lie on the module path. */
    private static boolean isTelemetry(Path jar) {
        String name = jar.getFileName().toString();
        return name.startsWith("opentelemetry-") || name.startsWith("evergate-telemetry-");
    }

    private static boolean isComplete(Path build) {
        return Files.exists(build.resolve("complete"));
    }

    /** Training needs a machine with some time to spare; where it failed it is tried again. */
    private static boolean isTrained(Path build) {
        return Stream.of(Launch.values())
                .allMatch(launch -> Files.exists(build.resolve("lib").resolve(launch.file("aot"))));
    }

    /** Moves the link, and notes for the launcher since when and by which JDK this build stands. */
    private void publish(String id, Instant started) throws IOException {
        Path link = dist.resolve(".current");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(id));
        Files.move(link, dist.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        Path stamp = dist.resolve(".stamp");
        Files.writeString(stamp, jdk() + "\n" + dist + "\n");
        Files.setLastModifiedTime(stamp, FileTime.from(started));
        Files.move(stamp, dist.resolve("stamp"), StandardCopyOption.ATOMIC_MOVE);
        System.out.println("current build: " + id);
    }

    /** Deletes what killed builds left, and builds beyond the newest that nobody runs from. */
    private void sweep(String current) throws IOException {
        int kept = 0;
        for (Path build : builds()) {
            boolean stays = build.endsWith(current) || isUsed(build);
            if (!stays && (!isComplete(build) || kept >= KEPT_BUILDS)) {
                delete(build);
            } else {
                kept++;
            }
        }
    }

    private List<Path> builds() throws IOException {
        try (Stream<Path> entries = Files.list(dist)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .sorted(Comparator.comparing(Distribution::modified).reversed())
                    .toList();
        }
    }

    /** Whether a living process runs from this build: its argument file stands in the command. */
    private static boolean isUsed(Path build) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .anyMatch(command -> command.contains(build + "/"));
    }

    private static Instant modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
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
