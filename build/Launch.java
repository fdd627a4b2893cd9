import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The three programs of a build; the flags of each stand in {@code build/launch/}. */
enum Launch {
    GENERATION,
    KEEPER,
    CLI;

    private static final String CACHE_FLAG = "\"-XX:AOTCache=";

    String file(String extension) {
        return name().toLowerCase(Locale.ROOT) + "." + extension;
    }

    Path template(Path recipe) {
        return recipe.resolve("launch").resolve(file("args"));
    }

    /** The lines of an argument file for {@code java}, for a build that lies in {@code home}. */
    List<String> arguments(Path recipe, Path home, String version) throws IOException {
        return Files.readAllLines(template(recipe)).stream()
                .map(line -> line.replace("{home}", quoted(home)))
                .map(line -> line.replace("{version}", version))
                .map(line -> line.replace("{build}", String.valueOf(home.getFileName())))
                .toList();
    }

    static List<String> withoutCache(List<String> arguments) {
        return arguments.stream().filter(line -> !line.startsWith(CACHE_FLAG)).toList();
    }

    /** The arguments with which the JVM notes what starting takes. */
    static List<String> recording(List<String> arguments, Path notes) {
        return Stream.concat(mode("record", notes), withoutCache(arguments).stream()).toList();
    }

    /** The arguments with which the JVM turns such notes into the cache. */
    static List<String> creating(List<String> arguments, Path notes) {
        return Stream.concat(mode("create", notes), arguments.stream()).toList();
    }

    private static Stream<String> mode(String mode, Path notes) {
        return Stream.of("-XX:AOTMode=" + mode, "\"-XX:AOTConfiguration=" + quoted(notes) + "\"");
    }

    static String quoted(Path path) {
        return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
