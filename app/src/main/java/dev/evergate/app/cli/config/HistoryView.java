package dev.evergate.app.cli.config;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Configurations that were, for people. */
public final class HistoryView {
    private HistoryView() {}

    /** A row for each entry of {@code config.history}. */
    public static Table table(JsonNode entries, Output output, long nowMs) {
        var table = new Table();
        table.row(
                output.toned(Output.Tone.STRONG, "Number"),
                output.toned(Output.Tone.STRONG, "When"),
                output.toned(Output.Tone.STRONG, "By"),
                output.toned(Output.Tone.STRONG, "State"),
                output.toned(Output.Tone.STRONG, "What"));
        for (JsonNode entry : entries) {
            String state = entry.path("state").asString("");
            String who = entry.path("who").asString("");
            table.row(
                    entry.path("number").asString("?"),
                    Ages.ago(entry.path("ts").asLong(0), nowMs),
                    Output.harmless(
                            entry.path("by").asString("") + (who.isEmpty() ? "" : " " + who)),
                    output.toned(tone(state), Output.harmless(state)),
                    Output.harmless(entry.path("plan").asString("")));
        }
        return table;
    }

    private static Output.Tone tone(String state) {
        return switch (state) {
            case "proven" -> Output.Tone.GOOD;
            case "refused", "rolled-back" -> Output.Tone.BAD;
            default -> Output.Tone.WARNING;
        };
    }

    /** What {@code config.diff} found: each place, and its value before and after. */
    public static List<String> differences(JsonNode diff, Output output) {
        List<String> lines = new ArrayList<>();
        for (JsonNode change : diff.path("changes")) {
            lines.add(
                    output.toned(Output.Tone.STRONG, change.path("path").asString(""))
                            + effect(change));
            side(change.path("before"), "  - ", Output.Tone.BAD, lines, output);
            side(change.path("after"), "  + ", Output.Tone.GOOD, lines, output);
        }
        return lines;
    }

    private static String effect(JsonNode change) {
        String effect = change.path("effect").asString("");
        return effect.isEmpty() ? "" : " (" + effect + ")";
    }

    private static void side(
            JsonNode value, String sign, Output.Tone tone, List<String> lines, Output output) {
        if (!value.isMissingNode()) {
            lines.add(output.toned(tone, sign + Output.harmless(value.toString())));
        }
    }
}
