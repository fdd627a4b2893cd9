package dev.evergate.app.cli.config;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A place of the schema, for people. */
public final class SchemaView {
    private SchemaView() {}

    /** What {@code config.schema.lookup} found. */
    public static List<String> lines(JsonNode found, Output output) {
        JsonNode schema = found.path("schema");
        var table = new Table();
        table.row("Path", output.toned(Output.Tone.STRONG, found.path("path").asString("")));
        row(
                table,
                "Means",
                found.path("hint").path("help").asString(schema.path("description").asString("")));
        row(table, "Holds", holds(schema));
        row(
                table,
                "Default",
                schema.path("default").isMissingNode() ? "" : schema.path("default").toString());
        row(table, "On change", found.path("reloadKind").asString(""));
        List<String> lines = new ArrayList<>(table.lines());
        if (!found.path("children").isEmpty()) {
            lines.add("");
            lines.addAll(children(found.path("children"), output).lines());
        }
        return lines;
    }

    private static void row(Table table, String name, String text) {
        if (!text.isEmpty()) {
            table.row(name, Output.harmless(text));
        }
    }

    private static Table children(JsonNode children, Output output) {
        var table = new Table();
        table.row(
                output.toned(Output.Tone.STRONG, "Key"),
                output.toned(Output.Tone.STRONG, "Holds"),
                output.toned(Output.Tone.STRONG, "Means"));
        for (JsonNode child : children) {
            table.row(
                    Output.harmless(child.path("key").asString("")),
                    holds(child),
                    Output.harmless(child.path("hint").path("help").asString("")));
        }
        return table;
    }

    /** The kinds of value, and the choices or limits there are. */
    private static String holds(JsonNode schema) {
        JsonNode choices = schema.path("enum");
        if (!choices.isEmpty()) {
            return joined(choices, " | ");
        }
        JsonNode type = schema.path("type");
        String kinds = type.isArray() ? joined(type, " | ") : type.asString("");
        JsonNode least = schema.path("minimum");
        JsonNode most = schema.path("maximum");
        return kinds
                + (least.isMissingNode() ? "" : " from " + least)
                + (most.isMissingNode() ? "" : " to " + most);
    }

    private static String joined(JsonNode list, String separator) {
        return list.valueStream().map(JsonNode::asString).collect(Collectors.joining(separator));
    }
}
