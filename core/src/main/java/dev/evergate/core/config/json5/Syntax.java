package dev.evergate.core.config.json5;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/** A value as it stands in a text: from which character on, and before which it ends. Immutable. */
sealed interface Syntax {
    int start();

    int end();

    /** What it means; a new tree with every call. */
    JsonNode tree();

    /** Anything that holds nothing else. */
    record Scalar(int start, int end, JsonNode tree) implements Syntax {}

    /**
     * An object or a list.
     *
     * @param named whether it is an object
     */
    record Block(int start, int end, boolean named, List<Item> items) implements Syntax {
        public Block {
            items = List.copyOf(items);
        }

        /** What counts for this name, if this is an object. */
        Optional<Item> last(String name) {
            return named
                    ? items.reversed().stream().filter(item -> item.name().equals(name)).findFirst()
                    : Optional.empty();
        }

        /** What stands at this place, if this is a list. */
        Optional<Item> at(int index) {
            return !named && index < items.size()
                    ? Optional.of(items.get(index))
                    : Optional.empty();
        }

        @Override
        public JsonNode tree() {
            if (named) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                items.forEach(item -> object.set(item.name(), item.value().tree()));
                return object;
            }
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> list.add(item.value().tree()));
            return list;
        }
    }

    /**
     * What a block holds.
     *
     * @param start where it begins, with its name if it has one
     * @param name empty in a list
     * @param comma where the comma behind it stands; -1 if there is none
     */
    record Item(int start, String name, Syntax value, int comma) {
        /** Before which character it ends, without its comma. */
        int end() {
            return value.end();
        }

        boolean hasComma() {
            return comma >= 0;
        }
    }
}
