package dev.evergate.app.config;

import dev.evergate.core.config.source.SecretCommands;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs commands for secrets as processes of their own, without a shell. Thread-safe. */
public final class SecretProcesses implements SecretCommands {
    /** Between two looks at what a command said. */
    private static final int SLICE_MS = 10;

    @Override
    public Outcome run(Command command) {
        ProcessBuilder builder = new ProcessBuilder(command.line());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Outcome.Failed("cannot be started: " + e.getMessage());
        }
        try {
            return outcome(process, command);
        } catch (IOException e) {
            return new Outcome.Failed("cannot be read: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("was interrupted");
        } finally {
            end(process);
        }
    }

    private static Outcome outcome(Process process, Command command)
            throws IOException, InterruptedException {
        give(process, command.input());
        var output = new ByteArrayOutputStream();
        // Only what is there is read: whoever holds the pipe open holds up nobody.
        for (int waitedMs = 0; waitedMs < command.timeoutMs(); waitedMs += SLICE_MS) {
            boolean hasEnded = process.waitFor(SLICE_MS, TimeUnit.MILLISECONDS);
            InputStream said = process.getInputStream();
            for (int ready = said.available(); ready > 0; ready = said.available()) {
                output.write(said.readNBytes(ready));
                if (output.size() > command.outputBytesMax()) {
                    return new Outcome.Failed(
                            "says more than %,d bytes".formatted(command.outputBytesMax()));
                }
            }
            if (hasEnded) {
                return process.exitValue() == 0
                        ? new Outcome.Output(output.toString(StandardCharsets.UTF_8))
                        : new Outcome.Failed("ended with " + process.exitValue());
            }
        }
        return new Outcome.Failed("did not end within %d ms".formatted(command.timeoutMs()));
    }

    private static void give(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // It does not want to know: many answer without reading. Its answer is what counts.
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
