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
        row(table, "On change", onChange(found.path("reloadKind").asString("")));
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

    /** Clients of the protocol know these words; people would ask what they mean. */
    private static String onChange(String reloadKind) {
        return switch (reloadKind) {
            case "none" -> "in force at once";
            case "hot" -> "in force at once; what depends on it is rebuilt";
            case "restart" -> "in force after a restart, which comes by itself";
            default -> reloadKind;
        };
    }

    /** The kinds of value, and the choices or limits there are. */
    private static String holds(JsonNode schema) {
        if (schema.path("anyOf").isArray()) {
            return schema.path("anyOf")
                    .valueStream()
                    .map(SchemaView::holds)
                    .distinct()
                    .collect(Collectors.joining(" | "));
        }
        if (schema.path("properties").has("source")) {
            return "secret reference";
        }
        if (!schema.path("enum").isEmpty()) {
            return joined(schema.path("enum"));
        }
        JsonNode type = schema.path("type");
        JsonNode least = schema.path("minimum");
        JsonNode most = schema.path("maximum");
        return (type.isArray() ? joined(type) : type.asString(""))
                + (least.isMissingNode() ? "" : " from " + least)
                + (most.isMissingNode() ? "" : " to " + most);
    }

    private static String joined(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).collect(Collectors.joining(" | "));
    }
}
