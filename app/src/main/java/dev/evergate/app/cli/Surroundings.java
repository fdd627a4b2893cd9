package dev.evergate.app.cli;

import dev.evergate.app.cli.service.ServiceHost;
import dev.evergate.app.cli.text.Output;
import dev.evergate.core.time.World;

import tools.jackson.databind.node.ObjectNode;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * All that a command reads from, and says to, the outside. Immutable.
 *
 * @param home the user's home directory
 * @param keepers how to ask a state directory's keeper
 * @param services the machine that services are installed on
 * @param alone runs a gateway in this process, given all words of the command line; answers its
 *     exit code
 */
record Surroundings(
        Map<String, String> environment,
        Path home,
        InputStream input,
        Output output,
        World world,
        Keepers keepers,
        ServiceHost services,
        ToIntFunction<List<String>> alone) {
    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Our variable, else OpenClaw's of the same name; empty if neither is set. */
    String variable(String name) {
        String own = environment.getOrDefault("EVERGATE_" + name, "");
        return own.isEmpty() ? environment.getOrDefault("OPENCLAW_" + name, "") : own;
    }

    /** The name of the variable that {@link #variable} took its value from. */
    String variableName(String name) {
        boolean isTwin = environment.getOrDefault("EVERGATE_" + name, "").isEmpty();
        return (isTwin ? "OPENCLAW_" : "EVERGATE_") + name;
    }

    /** Tells how a command went: the fields to a script, the sentence to a person. */
    void tell(boolean isJson, ObjectNode fields, String sentence) {
        output.line(isJson ? Json.pretty(fields.put("ok", true)) : sentence);
    }

    /** Waits, on the world's own clock. */
    void pause(long millis) {
        var over = new CountDownLatch(1);
        var timer = world.timers().after(millis, over::countDown);
        try {
            // The timer ends the wait; the second number only bounds it should the timer be lost.
            if (!over.await(millis + 5_000, TimeUnit.MILLISECONDS)) {
                timer.cancel();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
