package dev.evergate.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Prepares a program that a tool runs, so that it can hurt nobody by accident.
 *
 * <p>It gets a session of its own: a program that ends its whole group or session ends only itself.
 * Its environment has nothing in it that is between the gateway and whoever started it, and no
 * secret of the gateway. Signals this process has handlers for mean to it what they usually mean,
 * for a new program never inherits handlers; that is why a generation handles USR1 and USR2, which
 * its keeper made it ignore. Whatever it leaves behind, the generation adopts and the keeper ends.
 * Thread-safety: stateless.
 */
final class ToolCommand {
    private static final Set<String> PRIVATE =
            Set.of(
                    "NOTIFY_SOCKET",
                    "_JAVA_SR_SIGNUM",
                    "EVERGATE_KEEPER_SOCKET",
                    "EVERGATE_GENERATION");

    private static final List<String> PRIVATE_FAMILIES = List.of("WATCHDOG_", "LISTEN_");
    private static final List<String> PRODUCTS = List.of("EVERGATE_", "OPENCLAW_");
    private static final List<String> SECRETS = List.of("TOKEN", "PASSWORD", "SECRET");

    private ToolCommand() {}

    /** The program with its arguments, ready to be started; its directory and streams are free. */
    static ProcessBuilder of(List<String> command) {
        List<String> words = new ArrayList<>();
        words.add("setsid"); // It does not fork here: a child of ours leads no group.
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words);
        clean(builder.environment());
        return builder;
    }

    /** Removes what is nobody else's business. */
    static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(ToolCommand::isPrivate);
    }

    private static boolean isPrivate(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return PRIVATE.contains(upper)
                || PRIVATE_FAMILIES.stream().anyMatch(upper::startsWith)
                || (PRODUCTS.stream().anyMatch(upper::startsWith)
                        && SECRETS.stream().anyMatch(upper::contains));
    }
}
