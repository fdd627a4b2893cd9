package dev.evergate.app.config;

import dev.evergate.core.config.ConfigDocument;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SourceReading;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What may be shown of a configuration's files. */
public final class ShownConfig {
    private ShownConfig() {}

    /** The files as they stand, without secrets; what cannot be used is empty. */
    public static ConfigDocument of(ConfigFiles files) {
        String path = files.root().toString();
        return switch (files.read()) {
            case SourceReading.Read(var sources) -> {
                // Comments could repeat a secret: what is shown is written anew.
                JsonNode tree = ConfigSchema.redacted(sources.authored());
                yield new ConfigDocument(path, true, tree.toPrettyString(), tree, sources.hash());
            }
            case SourceReading.Missing _ -> nothing(path, false);
            case SourceReading.Unusable _ -> nothing(path, true);
        };
    }

    private static ConfigDocument nothing(String path, boolean exists) {
        return new ConfigDocument(path, exists, "", JsonNodeFactory.instance.objectNode(), "");
    }
}
