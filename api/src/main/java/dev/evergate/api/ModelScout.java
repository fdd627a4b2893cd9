package dev.evergate.api;

import java.util.List;
import java.util.Map;

/**
 * Looks for models a person could use but has not configured. Found through {@link
 * java.util.ServiceLoader}.
 */
public interface ModelScout {
    /**
     * What was found; empty when nothing was. Blocks for a second at most and reads nothing but the
     * given environment and well-known loopback ports.
     */
    List<Finding> look(Map<String, String> environment);

    /**
     * Something usable.
     *
     * @param what for a person, such as {@code Ollama at 127.0.0.1:11434 (qwen3:8b)}; never a
     *     secret
     * @param hint the config lines or the command that put it to use
     */
    record Finding(String what, String hint) {}
}
