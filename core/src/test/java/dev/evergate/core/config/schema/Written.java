package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.source.ConfigSources;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Configurations as if somebody had written them. */
final class Written {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .enable(JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
                    .build();

    private Written() {}

    static ObjectNode tree(String text) {
        return (ObjectNode) MAPPER.readTree(text);
    }

    static ConfigSources sources(String text) {
        return sources(tree(text), tree(text), List.of());
    }

    static ConfigSources sources(ObjectNode tree) {
        return sources(tree, tree, List.of());
    }

    static ConfigSources sources(
            ObjectNode authored, ObjectNode resolved, List<ConfigProblem> problems) {
        return new ConfigSources(
                Path.of("/etc/evergate/evergate.json"),
                Map.of(),
                authored,
                resolved,
                "hash",
                Set.of(),
                problems);
    }
}
