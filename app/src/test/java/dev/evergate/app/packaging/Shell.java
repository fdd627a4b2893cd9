package dev.evergate.app.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One program that was run to its end.
 *
 * @param output standard output and error, as they came
 */
record Shell(int exit, String output) {
    private static final int LIMIT_SECONDS = 60;

    /** Runs a command in a folder; the environment gets these variables too. */
    static Shell run(
            Path folder, Map<String, String> environment, String input, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("evergate-test", ".out");
        try {
            var builder = new ProcessBuilder(command).directory(folder.toFile());
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.contains("GATEWAY_TOKEN"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
                in.write(input);
            }
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running: " + command);
            }
            return new Shell(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** The top of the repository this test was built from. */
    static Path repository() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(folder -> Files.exists(folder.resolve(".mvn")))
                .findFirst()
                .orElseThrow();
    }
}
