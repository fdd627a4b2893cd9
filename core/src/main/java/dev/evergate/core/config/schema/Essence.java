package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath.Step;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/** What a valid tree says: without what nobody knows, and without what holds anyway. */
final class Essence {
    private Essence() {}

    static ObjectNode of(KeyTree keys, ObjectNode tree) {
        ObjectNode essence = JsonMapper.shared().createObjectNode();
        for (var field : tree.properties()) {
            Optional<KeyTree> known = keys.at(new Step.Name(field.getKey()));
            if (known.isPresent() && !field.getValue().isNull()) {
                boolean isEntry = !keys.named().containsKey(field.getKey());
                of(known.get(), field.getValue(), isEntry)
                        .ifPresent(value -> essence.set(field.getKey(), value));
            }
        }
        return essence;
    }

    /**
     * @param isEntry whether it has a name that somebody gave it; then it says something by being
     *     there
     */
    private static Optional<JsonNode> of(KeyTree known, JsonNode value, boolean isEntry) {
        if (known.opens(value) && value instanceof ObjectNode object) {
            ObjectNode essence = of(known, object);
            return essence.isEmpty() && !isEntry ? Optional.empty() : Optional.of(essence);
        }
        if (known.opens(value)) {
            ArrayNode items = JsonMapper.shared().createArrayNode();
            value.forEach(item -> of(known.item().orElseThrow(), item, true).ifPresent(items::add));
            return Optional.of(items);
        }
        if (known.named().containsKey(KeyTree.SHORT_FOR)) {
            ObjectNode written = JsonMapper.shared().createObjectNode();
            return of(known, written.set(KeyTree.SHORT_FOR, value), isEntry);
        }
        boolean holdsAnyway =
                known.key()
                        .flatMap(Key::otherwise)
                        .filter(other -> isSame(other, value))
                        .isPresent();
        return holdsAnyway && !isEntry ? Optional.empty() : Optional.of(value.deepCopy());
    }

    /** Numbers are the same whatever type holds them. */
    private static boolean isSame(JsonNode one, JsonNode other) {
        boolean areNumbers = one.isNumber() && other.isNumber();
        return areNumbers
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
    }
}
