package dev.evergate.core.config.source;

import java.util.List;
import java.util.Map;

/** Runs the commands that secrets come from. Called by one task at a time; waits. */
public interface SecretCommands {
    /** Where no command may run: each answers that. */
    SecretCommands NONE = command -> new Outcome.Failed("commands are not run here");

    /** Runs a command until it ends, or its time or output is used up; then it is ended. */
    Outcome run(Command command);

    /**
     * What to run, without a shell.
     *
     * @param line the absolute path of a program, and its arguments
     * @param environment all variables it gets
     * @param input what it reads, at most 4096 bytes; never a secret
     * @param timeoutMs positive
     * @param outputBytesMax positive
     */
    record Command(
            List<String> line,
            Map<String, String> environment,
            String input,
            int timeoutMs,
            int outputBytesMax) {
        public Command {
            line = List.copyOf(line);
            environment = Map.copyOf(environment);
        }

        /** Without the environment: it may hold secrets. */
        @Override
        public String toString() {
            return String.join(" ", line);
        }
    }

    /** What came of it. */
    sealed interface Outcome {
        /** It ended with 0. The output is secret. */
        record Output(String text) implements Outcome {
            @Override
            public String toString() {
                return "Output[%d characters]".formatted(text.length());
            }
        }

        /**
         * It did not.
         *
         * @param reason for people; never what the command said, which may be secret
         */
        record Failed(String reason) implements Outcome {}
    }
}
