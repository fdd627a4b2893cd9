package dev.evergate.app;

import dev.evergate.core.journal.RestartReport;

import java.util.Map;
import java.util.TreeMap;

/** Reads a restart report as the keeper sends it. Stateless. */
final class RestartFields {
    private static final String NAME = "name";
    private static final String GENERATION = "generation";
    private static final String FROM = "from";
    private static final String CAUSE = "cause";
    private static final String RESULT = "result";
    private static final String WHY = "why";
    private static final String REQUESTED_AT = "requestedAtMs";
    private static final String TOTAL = "totalMs";

    private RestartFields() {}

    /**
     * The report; what a keeper of another version left out is empty.
     *
     * @param nowMs wall time in ms since 1970
     */
    static RestartReport report(Map<String, String> fields, long nowMs) {
        Map<String, String> rest = new TreeMap<>(fields);
        rest.remove(NAME);
        long totalMs = number(rest, TOTAL, 0);
        return new RestartReport(
                number(rest, GENERATION, 0),
                number(rest, FROM, 0),
                text(rest, CAUSE),
                text(rest, RESULT),
                text(rest, WHY),
                number(rest, REQUESTED_AT, nowMs - totalMs),
                totalMs,
                rest);
    }

    /** The report as one sentence of the log. */
    static String sentence(RestartReport report) {
        String why = report.why().isEmpty() ? "" : ": " + report.why();
        return "Restart from generation %d to %d (%s) %s after %d ms%s %s"
                .formatted(
                        report.from(),
                        report.generation(),
                        report.cause(),
                        report.result(),
                        report.totalMs(),
                        why,
                        new TreeMap<>(report.fields()));
    }

    private static String text(Map<String, String> fields, String name) {
        String value = fields.remove(name);
        return value == null ? "" : value;
    }

    private static long number(Map<String, String> fields, String name, long otherwise) {
        String value = fields.remove(name);
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
