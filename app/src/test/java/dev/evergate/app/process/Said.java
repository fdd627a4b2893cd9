package dev.evergate.app.process;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of the real command line, and what it said. */
record Said(int exit, String answer, String notes) {
    private static final long LIMIT_SECONDS = 60;

    JsonNode json() {
        return JsonMapper.shared().readTree(answer);
    }

    /** Runs a command of somebody whose home this is, and who has set no variable of ours. */
    static Said by(Path home, String... words) throws IOException, InterruptedException {
        Path answer = Files.createTempFile("evergate-test", ".out");
        Path notes = Files.createTempFile("evergate-test", ".err");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            Path dist = Path.of(System.getProperty("evergate.dist")).toRealPath();
            command.add("@" + dist.resolve("lib/cli.args"));
            command.addAll(List.of(words));
            var builder = new ProcessBuilder(command);
            builder.environment()
                    .keySet()
                    .removeIf(
                            name ->
                                    name.startsWith("EVERGATE_")
                                            || name.startsWith("OPENCLAW_")
                                            || name.startsWith("XDG_"));
            builder.environment().put("HOME", home.toString());
            builder.redirectOutput(answer.toFile()).redirectError(notes.toFile());
            Process process = builder.start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running: " + command);
            }
            return new Said(process.exitValue(), Files.readString(answer), Files.readString(notes));
        } finally {
            Files.delete(answer);
            Files.delete(notes);
        }
    }
}
