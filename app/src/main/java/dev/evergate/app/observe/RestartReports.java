package dev.evergate.app.observe;

import dev.evergate.core.journal.RestartReport;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Restart reports as the keeper sends them, as clients and scripts get them, and as a sentence.
 * Stateless.
 */
public final class RestartReports {
    private static final String NAME = "name";
    private static final String LINK = "link";
    private static final String TO = "to";
    private static final String FROM = "from";
    private static final String CAUSE = "cause";
    private static final String RESULT = "result";
    private static final String WHY = "why";
    private static final String REQUESTED_AT = "requestedAtMs";
    private static final String TOTAL = "totalMs";

    /** Fields that are numbers, in the order of the shape. */
    private static final List<String> COUNTS =
            List.of("requests", "moved", "cut", "turns", "adopted", "epoch");

    private RestartReports() {}

    /**
     * Reads what the keeper sent; what a keeper of another version left out is empty.
     *
     * @param nowMs wall time in ms since 1970
     */
    public static RestartReport read(Map<String, String> fields, long nowMs) {
        Map<String, String> rest = new TreeMap<>(fields);
        rest.remove(NAME);
        rest.remove(LINK);
        long totalMs = number(rest, TOTAL, 0);
        return new RestartReport(
                number(rest, TO, 0),
                number(rest, FROM, 0),
                text(rest, CAUSE),
                text(rest, RESULT),
                text(rest, WHY),
                number(rest, REQUESTED_AT, nowMs - totalMs),
                totalMs,
                rest);
    }

    /** The shape of {@code restarts.get}; what is not known is left out. */
    public static ObjectNode json(RestartReport report) {
        Map<String, String> details = new TreeMap<>(report.fields());
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("generation", report.generation())
                .put("from", report.from())
                .put("cause", report.cause())
                .put("result", report.result())
                .put("why", report.why())
                .put("requestedAt", report.requestedAtMs())
                .put("totalMs", report.totalMs());
        if (report.isCommitted()) {
            node.put("committedAfterMs", report.committedAfterMs());
        }
        ArrayNode steps = node.putArray("steps");
        for (RestartReport.Step step : report.steps()) {
            details.remove(step.field());
            steps.addObject().put("name", step.name()).put("tookMs", step.tookMs());
        }
        for (String count : COUNTS) {
            if (details.remove(count) != null) {
                node.put(count, report.number(count));
            }
        }
        ObjectNode rest = node.putObject("details");
        details.forEach(rest::put);
        return node;
    }

    /** The report as one line of the log. */
    public static String sentence(RestartReport report) {
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
