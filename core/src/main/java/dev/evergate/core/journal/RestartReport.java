package dev.evergate.core.journal;

import java.util.Map;

/**
 * What became of one restart.
 *
 * @param generation the generation it went to, or would have; names the report
 * @param from the generation it came from; 0 if none
 * @param cause what asked for it
 * @param result how it ended, in one word
 * @param why the reason of that result, for people; may be empty
 * @param requestedAtMs wall clock, Unix milliseconds
 * @param totalMs from the request to the end of the last step
 * @param fields everything else by name; unordered
 */
public record RestartReport(
        long generation,
        long from,
        String cause,
        String result,
        String why,
        long requestedAtMs,
        long totalMs,
        Map<String, String> fields) {
    public RestartReport {
        fields = Map.copyOf(fields);
    }
}
