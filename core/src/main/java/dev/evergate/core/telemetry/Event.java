package dev.evergate.core.telemetry;

import java.util.Map;

/**
 * Something that happened. Immutable.
 *
 * @param atMs wall time in ms since 1970
 * @param name of the event, empty for a plain log line
 * @param text a sentence for people
 */
public record Event(
        long atMs, Level level, String name, String text, Map<String, String> attributes) {
    public Event {
        attributes = Map.copyOf(attributes);
    }

    /** How bad it is. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }
}
