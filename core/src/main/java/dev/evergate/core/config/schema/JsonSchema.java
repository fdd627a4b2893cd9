package dev.evergate.core.config.schema;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/** Says the keys as JSON Schema, for editors and forms. */
final class JsonSchema {
    private JsonSchema() {}

    /** All of what may stand in a place, with everything below it. */
    static ObjectNode of(KeyTree tree) {
        return of(tree, true);
    }

    /** What may stand in a place, without what is below it. */
    static ObjectNode shallow(KeyTree tree) {
        return of(tree, false);
    }

    private static ObjectNode of(KeyTree tree, boolean isDeep) {
        ArrayNode ways = JsonMapper.shared().createArrayNode();
        tree.key().ifPresent(key -> ways.add(type(key.type())));
        if (tree.holdsKeys()) {
            ways.add(object(tree, isDeep));
        }
        tree.item().ifPresent(item -> ways.add(list(item, isDeep)));
        ObjectNode schema = ways.size() == 1 ? (ObjectNode) ways.get(0) : node().set("anyOf", ways);
        if (!tree.pattern().isEmpty()) {
            schema.put("title", Lookup.label(tree));
        }
        tree.key()
                .ifPresent(
                        key -> {
                            schema.put("description", Lookup.help(key));
                            key.otherwise().ifPresent(value -> schema.set("default", value));
                        });
        return schema;
    }

    private static ObjectNode object(KeyTree tree, boolean isDeep) {
        ObjectNode schema = node().put("type", "object");
        if (isDeep && !tree.named().isEmpty()) {
            ObjectNode properties = schema.putObject("properties");
            tree.named().forEach((name, below) -> properties.set(name, of(below, true)));
        }
        List<String> required = tree.required().map(Key::name).toList();
        if (!required.isEmpty()) {
            ArrayNode names = schema.putArray("required");
            required.forEach(names::add);
        }
        if (tree.any().isPresent()) {
            schema.set("additionalProperties", isDeep ? of(tree.any().get(), true) : node());
        } else {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    private static ObjectNode list(KeyTree item, boolean isDeep) {
        ObjectNode schema = node().put("type", "array");
        if (isDeep) {
            schema.set("items", of(item, true));
        }
        return schema;
    }

    private static ObjectNode type(ValueType type) {
        return switch (type) {
            case ValueType.Flag _ -> node().put("type", "boolean");
            case ValueType.Whole(var min, var max) -> whole(min, max);
            case ValueType.Decimal(var min, var max) ->
                    node().put("type", "number").put("minimum", min).put("maximum", max);
            case ValueType.Text text -> text(text);
            case ValueType.Choice(var texts) -> {
                ObjectNode schema = node().put("type", "string");
                texts.forEach(schema.putArray("enum")::add);
                yield schema;
            }
            case ValueType.SecretText _ -> {
                ObjectNode schema = node();
                schema.putArray("anyOf").add(node().put("type", "string")).add(reference());
                yield schema;
            }
            case ValueType.HttpUrl _ -> node().put("type", "string").put("pattern", "^https?://");
            case ValueType.ListOf(var item) -> node().put("type", "array").set("items", type(item));
            case ValueType.AnyOf(var types) -> {
                ObjectNode schema = node();
                ArrayNode ways = schema.putArray("anyOf");
                types.forEach(each -> ways.add(type(each)));
                yield schema;
            }
            case ValueType.Anything _ -> node();
        };
    }

    private static ObjectNode whole(long min, long max) {
        ObjectNode schema = node().put("type", "integer");
        if (min > Long.MIN_VALUE) {
            schema.put("minimum", min);
        }
        if (max < Long.MAX_VALUE) {
            schema.put("maximum", max);
        }
        return schema;
    }

    private static ObjectNode text(ValueType.Text text) {
        ObjectNode schema = node().put("type", "string");
        String form = text.form().pattern();
        // What spans lines is any text: JSON Schema has no such flag.
        if (!form.startsWith("(?s)")) {
            schema.put("pattern", "^(?:" + form + ")$");
        }
        return schema;
    }

    /** A secret that is somewhere else. */
    private static ObjectNode reference() {
        ObjectNode schema = node().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.set("source", type(new ValueType.Choice(List.of("env", "file", "exec"))));
        properties.putObject("provider").put("type", "string");
        properties.putObject("id").put("type", "string");
        schema.putArray("required").add("source").add("id");
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode node() {
        return JsonMapper.shared().createObjectNode();
    }
}
