package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every key there is. Immutable. */
public final class ConfigSchema {
    /** Stands where a secret was. Clients of the protocol know this text. */
    public static final String REDACTED = "__OPENCLAW_REDACTED__";

    static final KeyTree TREE =
            KeyTree.of(
                    Stream.of(
                                    GatewayKeys.declared(),
                                    ModelKeys.declared(),
                                    AgentKeys.declared(),
                                    ChatKeys.declared(),
                                    ChannelKeys.declared(),
                                    ToolKeys.declared(),
                                    OperationKeys.declared())
                            .flatMap(List::stream)
                            .toList());

    private ConfigSchema() {}

    /** Every key, in the order of their declaration. */
    public static List<Key> keys() {
        return TREE.keys().toList();
    }

    /**
     * What a change at this path takes. What is below a key takes what the key does, an object or a
     * list the most of what any key below takes, and what nobody knows nothing.
     */
    public static Effect effect(ConfigPath path) {
        KeyTree tree = TREE;
        for (Step step : path.steps()) {
            Optional<KeyTree> next = tree.at(step);
            if (next.isEmpty()) {
                return tree.key().map(Key::effect).orElse(Effect.AT_ONCE);
            }
            tree = next.get();
        }
        return tree.effect();
    }

    /** Whether the value at this path must not be shown; also one that is only named like it. */
    public static boolean isSecret(ConfigPath path) {
        return Redaction.isSecret(TREE, path);
    }

    /**
     * A copy with {@link #REDACTED} in the place of every secret: by type, and where no type is
     * known, by name. References to secrets stay, as they are none.
     */
    public static JsonNode redacted(JsonNode tree) {
        return Redaction.redacted(TREE, tree);
    }

    /**
     * The same of what variables and references were resolved in: those stand as people wrote them,
     * also where no secret belongs, since nobody knows what they stand for.
     */
    public static JsonNode redacted(JsonNode tree, JsonNode authored) {
        return redacted(Redaction.written(tree, authored));
    }

    /** Every key as JSON Schema (2020-12), for {@code config.schema}. */
    public static ObjectNode jsonSchema() {
        ObjectNode schema = JsonSchema.of(TREE);
        return schema.put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", "Evergate's configuration");
    }

    /** What a form shows beside each place, by its pattern, for {@code config.schema}. */
    public static ObjectNode uiHints() {
        return Lookup.hints(TREE);
    }

    /**
     * The answer of {@code config.schema.lookup}: {@code {path, schema, reloadKind, hint, hintPath,
     * children}}.
     *
     * @param path such as {@code models.providers.openai.apiKey} or {@code bindings[].match};
     *     {@code .} for everything
     * @return empty if nothing may stand there
     */
    public static Optional<ObjectNode> lookup(String path) {
        return Lookup.at(TREE, path);
    }
}
