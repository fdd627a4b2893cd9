package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * What a configuration comes to.
 *
 * @param effective every value in force that is not what holds anyway. Of two configurations with
 *     the same one, nothing is to be done from one to the other; but they may have different
 *     problems. Holds secrets: never to be shown, and not to be changed
 * @param problems what a person should look at; the snapshot has them too
 */
public record ConfigReading(
        ConfigSnapshot snapshot, ObjectNode effective, List<ConfigProblem> problems) {
    public ConfigReading {
        problems = List.copyOf(problems);
    }
}
