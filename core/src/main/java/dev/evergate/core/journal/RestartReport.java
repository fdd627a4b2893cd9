package dev.evergate.core.journal;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What became of one restart.
 *
 * @param generation the generation it went to, or would have; names the report
 * @param from the generation it came from; 0 if none
 * @param cause what asked for it
 * @param result {@value #COMMITTED}, or how else it ended, in one word
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
    /** The result of a restart that went well: {@code generation} serves. */
    public static final String COMMITTED = "committed";

    private static final String STEP_SUFFIX = "Ms";
    private static final List<String> TO_COMMIT =
            List.of("launch", "rehearse", "handOver", "commit");
    private static final List<String> AFTER_COMMIT = List.of("drain", "end");

    public RestartReport {
        fields = Map.copyOf(fields);
    }

    /** A part of a restart; the next one begins when it is over. */
    public record Step(String name, long tookMs) {
        /** The field that says how long it took. */
        public String field() {
            return name + STEP_SUFFIX;
        }
    }

    public boolean isCommitted() {
        return result.equals(COMMITTED);
    }

    /** The steps it came through, in order. */
    public List<Step> steps() {
        return Stream.concat(TO_COMMIT.stream(), AFTER_COMMIT.stream())
                .filter(name -> fields.containsKey(name + STEP_SUFFIX))
                .map(name -> new Step(name, number(name + STEP_SUFFIX)))
                .toList();
    }

    /** From the request until {@code generation} served; 0 if it never did. */
    public long committedAfterMs() {
        return isCommitted()
                ? TO_COMMIT.stream().mapToLong(name -> number(name + STEP_SUFFIX)).sum()
                : 0;
    }

    /** A field that is a number; 0 if there is none. */
    public long number(String field) {
        try {
            return Long.parseLong(fields.getOrDefault(field, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
