package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every key there is. Immutable. */
public final class ConfigSchema {
    static final KeyTree TREE =
            KeyTree.of(
                    Stream.of(
                                    GatewayKeys.declared(),
                                    AgentKeys.declared(),
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
     * A copy with {@link dev.evergate.core.config.ConfigDocument#REDACTED} in the place of every
     * secret: by type, and where no type is known, by name. References to secrets stay, as they are
     * none.
     */
    public static JsonNode redacted(JsonNode tree) {
        return Redaction.redacted(TREE, tree);
    }
}
