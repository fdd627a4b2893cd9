import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The three programs of a build; the flags of each stand in {@code build/launch/}. */
enum Launch {
    GENERATION("--train"),
    KEEPER("--train"),
    CLI("--help");

    private static final int TRAINING_LIMIT_SECONDS = 120;
    private static final String CACHE_FLAG = "\"-XX:AOTCache=";

    private final String training;

    Launch(String training) {
        this.training = training;
    }

    String argumentFile() {
        return name().toLowerCase(Locale.ROOT) + ".args";
    }

    Path template(Path recipe) {
        return recipe.resolve("launch").resolve(argumentFile());
    }

    /** The lines of an argument file for {@code java}, for a build that lies in {@code home}. */
    List<String> arguments(Path recipe, Path home, String version, String build)
            throws IOException {
        String quoted = home.toString().replace("\\", "\\\\").replace("\"", "\\\"");
        return Files.readAllLines(template(recipe)).stream()
                .map(line -> line.replace("{home}", quoted))
                .map(line -> line.replace("{version}", version).replace("{build}", build))
                .toList();
    }

    static List<String> withoutCache(List<String> arguments) {
        return arguments.stream().filter(line -> !line.startsWith(CACHE_FLAG)).toList();
    }

    /**
     * Runs the program once with these arguments, so that the JVM writes the startup cache which
     * they name. Says what happened; false if there is no cache.
     */
    boolean train(List<String> arguments) throws Exception {
        Path scratch = Files.createTempDirectory("evergate-training");
        Path log = scratch.resolve("log");
        try {
            Path argumentFile = scratch.resolve("args");
            Files.write(
                    argumentFile,
                    arguments.stream()
                            .map(line -> line.replace("-XX:AOTCache=", "-XX:AOTCacheOutput="))
                            .toList());
            long started = System.nanoTime();
            int exit = run(argumentFile, log, scratch.resolve("state"));
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "startup cache of the %s: %s (%.1f s)%n",
                    name().toLowerCase(Locale.ROOT),
                    exit == 0 ? "made" : "none, its training ended with exit code " + exit,
                    seconds);
            if (exit != 0) {
                Files.readAllLines(log).stream()
                        .limit(20)
                        .forEach(line -> System.out.println("  " + line));
            }
            return exit == 0;
        } finally {
            Distribution.delete(scratch);
        }
    }

    private int run(Path argumentFile, Path log, Path state) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + argumentFile);
        command.add(training);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(log.toFile());
        builder.environment().put("EVERGATE_STATE_DIR", state.toString());
        Process process = builder.start();
        if (!process.waitFor(TRAINING_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return process.exitValue();
    }
}
