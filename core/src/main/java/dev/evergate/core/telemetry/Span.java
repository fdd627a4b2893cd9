package dev.evergate.core.telemetry;

import java.util.List;
import java.util.Map;

/**
 * Something that took time and is over, with its parts. Immutable.
 *
 * @param startAtMs wall time in ms since 1970
 * @param tookMs milliseconds
 * @param attributes what else is known; never a secret, never what somebody wrote in a chat
 * @param failure what went wrong, empty for nothing
 */
public record Span(
        String name,
        long startAtMs,
        long tookMs,
        Map<String, String> attributes,
        String failure,
        List<Span> parts) {
    public Span {
        attributes = Map.copyOf(attributes);
        parts = List.copyOf(parts);
    }

    /** One without parts that went well. */
    public static Span of(
            String name, long startAtMs, long tookMs, Map<String, String> attributes) {
        return new Span(name, startAtMs, tookMs, attributes, "", List.of());
    }
}
