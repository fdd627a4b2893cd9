package dev.evergate.app.config;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.source.ConfigSources;

import tools.jackson.databind.node.ObjectNode;

/**
 * A configuration with everything it came from. Holds secrets.
 *
 * @param sources the files it was read from
 * @param effective all of its values, with those that flags, defaults and earlier configurations
 *     gave; not to be changed
 */
public record InForce(ConfigSources sources, ObjectNode effective, ConfigSnapshot snapshot) {
    /** What files mean. */
    public static InForce of(ConfigSources sources, ConfigReading reading) {
        return new InForce(sources, reading.effective(), reading.snapshot());
    }

    /** The same values, from files that say them in other words. */
    InForce in(ConfigSources others) {
        return new InForce(others, effective, snapshot);
    }

    /** Of the configuration, from 1. */
    public long number() {
        return snapshot.generation();
    }
}
