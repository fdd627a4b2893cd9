package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Output.Tone;
import dev.evergate.app.cli.text.Table;
import dev.evergate.core.journal.RestartReport;

import tools.jackson.databind.JsonNode;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Restart reports in words. Stateless. */
final class RestartView {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    /** What a step is called; the others go by their own names. */
    private static final Map<String, String> STEPS = Map.of("handOver", "hand over");

    private static final String FROM_VERSION = "fromVersion";
    private static final String TO_VERSION = "toVersion";
    private static final int CAUSE_CHARS_MAX = 40;
    private static final int WHY_CHARS_MAX = 80;

    private RestartView() {}

    /** What moved, as the continuation of a sentence. */
    static String counts(RestartReport report) {
        String turns =
                report.number("turns") == 0
                        ? ""
                        : ", " + report.number("turns") + " running answers kept";
        return "; "
                + report.number("moved")
                + " connections moved, "
                + report.number("cut")
                + " cut"
                + turns;
    }

    /** Several reports, one line each. */
    static Table table(JsonNode reports, Output output, long nowMs) {
        var table = new Table();
        String[] titles = {"Generation", "When", "Result", "Took", "Moved", "Cut", "Asked for by"};
        for (int i = 0; i < titles.length; i++) {
            titles[i] = output.toned(Tone.STRONG, titles[i]);
        }
        table.row(titles);
        for (JsonNode report : reports) {
            table.row(
                    report.path("from").asString("?") + " → " + number(report, "generation"),
                    Ages.ago(report.path("requestedAt").asLong(0), nowMs),
                    output.toned(tone(report), report.path("result").asString("?")),
                    tookMs(report) + " ms",
                    number(report, "moved"),
                    number(report, "cut"),
                    Output.harmless(cut(report.path("cause").asString(""), CAUSE_CHARS_MAX)));
        }
        return table;
    }

    /** One report whole. */
    static List<String> lines(JsonNode report, Output output, long nowMs) {
        List<String> lines = new ArrayList<>();
        boolean isCommitted = isCommitted(report);
        String title = isCommitted ? "Restart in " : "Restart that did not happen, after ";
        long atMs = report.path("requestedAt").asLong(0);
        lines.add(
                output.toned(tone(report), title + tookMs(report) + " ms")
                        + output.toned(
                                Tone.FAINT,
                                "  "
                                        + CLOCK.format(
                                                Instant.ofEpochMilli(atMs)
                                                        .atZone(ZoneId.systemDefault()))
                                        + ", "
                                        + Ages.ago(atMs, nowMs)));
        lines.add(line("because", report.path("cause").asString("nobody said why")));
        lines.add(line("result", result(report, isCommitted)));
        lines.add(line("steps", steps(report)));
        if (report.has("moved")) {
            lines.add(line("moved", number(report, "moved") + " connections, " + cutOff(report)));
        }
        if (report.path("turns").asLong(0) > 0) {
            lines.add(line("answers", number(report, "turns") + " ran on in the old generation"));
        }
        lines.addAll(details(report.path("details")));
        return lines;
    }

    /** Whatever else is known; of versions only a change. */
    private static List<String> details(JsonNode details) {
        List<String> lines = new ArrayList<>();
        String from = details.path(FROM_VERSION).asString("");
        String to = details.path(TO_VERSION).asString("");
        if (!from.equals(to)) {
            lines.add(line("version", to + " instead of " + from));
        }
        for (Map.Entry<String, JsonNode> detail : details.properties()) {
            String value = detail.getValue().asString("");
            boolean isVersion =
                    detail.getKey().equals(FROM_VERSION) || detail.getKey().equals(TO_VERSION);
            if (!value.isEmpty() && !isVersion) {
                lines.add(line(detail.getKey(), value));
            }
        }
        return lines;
    }

    /** The last restart in one line, for a table. */
    static String brief(JsonNode report, Output output, long nowMs) {
        return Ages.ago(report.path("requestedAt").asLong(0), nowMs)
                + ", "
                + output.toned(tone(report), report.path("result").asString("?"))
                + (isCommitted(report) ? " in " + tookMs(report) + " ms" : "")
                + " ("
                + Output.harmless(cut(report.path("cause").asString(""), CAUSE_CHARS_MAX))
                + ")"
                + (isCommitted(report)
                        ? ""
                        : ": "
                                + Output.harmless(
                                        cut(report.path("why").asString(""), WHY_CHARS_MAX)));
    }

    private static String result(JsonNode report, boolean isCommitted) {
        String generation = number(report, "generation");
        String from = number(report, "from");
        String why = report.path("why").asString("");
        String reason = why.isEmpty() ? "" : isCommitted ? ", but " + why : ": " + why;
        return isCommitted
                ? "generation " + generation + " serves instead of " + from + reason
                : "nothing was replaced" + reason + "; generation " + from + " served on";
    }

    private static String steps(JsonNode report) {
        List<String> steps = new ArrayList<>();
        for (JsonNode step : report.path("steps")) {
            String name = step.path("name").asString("?");
            steps.add(STEPS.getOrDefault(name, name) + " " + number(step, "tookMs") + " ms");
        }
        return steps.isEmpty() ? "none was over" : String.join(", ", steps);
    }

    private static String cutOff(JsonNode report) {
        return report.path("cut").asLong(0) == 0 ? "none cut" : number(report, "cut") + " cut";
    }

    /** How long clients could have noticed something: until the next one served, or none did. */
    private static String tookMs(JsonNode report) {
        return number(report, isCommitted(report) ? "committedAfterMs" : "totalMs");
    }

    private static boolean isCommitted(JsonNode report) {
        return report.path("result").asString("").equals(RestartReport.COMMITTED);
    }

    private static Tone tone(JsonNode report) {
        return isCommitted(report) ? Tone.GOOD : Tone.WARNING;
    }

    private static String number(JsonNode node, String name) {
        return node.has(name) ? node.path(name).asString("?") : "-";
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax - 1) + "…";
    }

    private static String line(String name, String text) {
        return "  %-11s %s".formatted(Output.harmless(name), Output.harmless(text));
    }
}
