package dev.evergate.core.config.schema;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the page about every key. */
final class ConfigReference {
    private static final String INTRODUCTION =
            """
            # Every key of the configuration

            The configuration is `evergate.json` in the state directory: JSON with comments, trailing commas and
            unquoted names, in OpenClaw's keys. Nothing has to be written; what is not has the default.
            `*` stands for a name of your choice, `[]` for each place of a list.

            **On change** says what a change takes. Nothing else is touched, and no client is disconnected that the
            change does not concern. Only `jvm` takes another process; clients do not notice that either.

            A key that nobody knows stays in the file and has no effect; a value that cannot be used leaves its section
            as it was. Both are told in the log, in `evergate status` and at `/readyz`. Secrets may be written as
            `${NAME}` or as a reference (`{source: "env", provider: "default", id: "NAME"}`), and are never shown.

            This page is generated from the program: `./check reference` writes it anew.
            """;

    private ConfigReference() {}

    static String page() {
        Map<String, List<Key>> areas = new LinkedHashMap<>();
        for (Key key : ConfigSchema.keys()) {
            areas.computeIfAbsent(area(key), _ -> new ArrayList<>()).add(key);
        }
        StringBuilder page = new StringBuilder(INTRODUCTION);
        areas.forEach((area, keys) -> page.append(section(area, keys)));
        return page.toString();
    }

    private static String area(Key key) {
        return key.meaning().equals("A part of OpenClaw") && !key.pattern().contains(".")
                ? "Parts of OpenClaw"
                : key.pattern().split("[.\\[]", 2)[0];
    }

    private static String section(String area, List<Key> keys) {
        // The same key in several places is one row.
        Map<List<Object>, List<Key>> rows = new LinkedHashMap<>();
        for (Key key : keys) {
            rows.computeIfAbsent(
                            List.of(key.type().phrase(), key.meaning(), key.effect()),
                            _ -> new ArrayList<>())
                    .add(key);
        }
        return "\n## "
                + area
                + "\n\n| Key | Value | Default | On change | Meaning |\n|---|---|---|---|---|\n"
                + rows.values().stream().map(ConfigReference::row).collect(Collectors.joining());
    }

    private static String row(List<Key> keys) {
        Key key = keys.getFirst();
        String patterns =
                keys.stream()
                        .map(each -> "`" + each.pattern() + "`")
                        .collect(Collectors.joining("<br>"));
        return "| %s | %s | %s | %s | %s |\n"
                .formatted(
                        patterns,
                        key.type().phrase(),
                        key.isRequired()
                                ? "required"
                                : key.otherwise().map(ConfigReference::code).orElse(""),
                        key.effect().phrase(),
                        (key.meaning() + "." + (key.isUsed() ? "" : " *Not used yet.*")));
    }

    private static String code(JsonNode value) {
        return "`" + value + "`";
    }
}
