package dev.evergate.app;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;

import java.util.List;
import java.util.Map;

/**
 * One generation of the gateway as a process. Started by the keeper; by hand only with {@code
 * --no-keeper}.
 */
public final class Main {
    private Main() {}

    public static void main(String[] words) {
        // Halting skips nothing we need, and nothing that hangs can delay it: whatever is durable
        // is so already.
        Runtime.getRuntime().halt(run(List.of(words), System.getenv()).code());
    }

    /** Serves until asked to stop; returns the code to exit with. */
    public static ExitCode run(List<String> words, Map<String, String> environment) {
        try {
            Arguments arguments = Arguments.parse(words, environment);
            return new Generation(arguments, environment).run();
        } catch (EvergateException e) {
            return Refusals.tell(e, environment);
        }
    }
}
