package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Configurations that show one key at work. */
final class Samples {
    /** Everything that is off by itself is on, so that its keys say something. */
    private static final String BASE =
            """
            { gateway: { auth: { token: 'a token of some length', password: 'a password like it' },
                         tls: { enabled: true, certPath: 'cert.pem', keyPath: 'key.pem' } },
              hooks: { token: 'ghi' },
              diagnostics: { enabled: true, otel: { endpoint: 'http://127.0.0.1:4318' } } }
            """;

    /** What has to be so for a key to say anything. */
    private static final Map<String, String> BEFORE =
            Map.of(
                    "gateway.auth.password", "{ gateway: { auth: { mode: 'password' } } }",
                    "gateway.customBindHost", "{ gateway: { bind: 'custom' } }",
                    "hooks.mappings[].signature.form",
                            "{ hooks: { mappings: [ { match: { path: 'x' } } ] } }",
                    "hooks.mappings[].signature.secret",
                            "{ hooks: { mappings: [ { match: { path: 'x' } } ] } }",
                    "hooks.mappings[].textTemplate",
                            "{ hooks: { mappings: [ { action: 'wake' } ] } }");

    private Samples() {}

    /** A value of a type. */
    static JsonNode first(ValueType type) {
        return two(type).getFirst();
    }

    /** A different one. */
    static JsonNode second(ValueType type) {
        return two(type).getLast();
    }

    private static List<JsonNode> two(ValueType type) {
        return switch (type) {
            case ValueType.Flag _ -> nodes(true, false);
            case ValueType.Whole(var min, var max) ->
                    min == Long.MIN_VALUE ? nodes(1, 2) : nodes(Math.min(min + 1, max), min);
            case ValueType.Decimal(var min, var _) -> nodes(min + 0.5, min + 0.25);
            case ValueType.Text text -> nodes(text.sample(), other(text));
            case ValueType.Choice(var texts) ->
                    nodes(texts.getFirst(), texts.size() > 1 ? texts.get(1) : texts.getFirst());
            case ValueType.SecretText _ -> nodes("one secret", "another secret");
            case ValueType.HttpUrl _ -> nodes("http://one.example/v1", "https://other.example");
            case ValueType.ListOf(var item) -> List.of(list(first(item)), list());
            case ValueType.AnyOf(var types) -> two(types.getFirst());
            case ValueType.Anything _ -> nodes("this", "that");
        };
    }

    private static String other(ValueType.Text text) {
        String sample = text.sample();
        return Stream.of("[1-9]=2", "[1-9]=3", "[a-z]=q")
                .map(change -> change.split("="))
                .map(change -> sample.replaceFirst(change[0], change[1]))
                .filter(other -> !other.equals(sample) && text.accepts(node(other)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no other text like " + sample));
    }

    /** A value that no key of this type takes. */
    static List<JsonNode> wrong(ValueType type) {
        return nodes(true, -7.5, "\u0000", List.of(Map.of())).stream()
                .filter(value -> !type.accepts(value))
                .toList();
    }

    private static List<JsonNode> nodes(Object... values) {
        List<JsonNode> nodes = new ArrayList<>();
        for (Object value : values) {
            nodes.add(node(value));
        }
        return nodes;
    }

    private static JsonNode node(Object value) {
        return JsonMapper.shared().valueToTree(value);
    }

    private static JsonNode list(JsonNode... items) {
        ArrayNode list = JsonMapper.shared().createArrayNode();
        list.addAll(List.of(items));
        return list;
    }

    /** A place that a pattern stands for. */
    static ConfigPath place(String pattern) {
        return ConfigPath.parse(pattern.replace("[]", "[0]").replace("*", "some"));
    }

    /** A whole configuration in which this key has this value. */
    static ObjectNode with(Key key, JsonNode value) {
        ObjectNode tree = Written.tree(BASE);
        if (BEFORE.containsKey(key.pattern())) {
            merge(tree, Written.tree(BEFORE.get(key.pattern())));
        }
        put(ConfigSchema.TREE, tree, place(key.pattern()).steps(), value);
        return tree;
    }

    static void merge(ObjectNode tree, ObjectNode other) {
        for (var field : other.properties()) {
            if (tree.get(field.getKey()) instanceof ObjectNode into
                    && field.getValue() instanceof ObjectNode from) {
                merge(into, from);
            } else {
                tree.set(field.getKey(), field.getValue());
            }
        }
    }

    /** Puts a value in its place, and beside it on the way whatever must not be missing. */
    private static void put(KeyTree keys, JsonNode tree, List<Step> steps, JsonNode value) {
        KeyTree next = keys.at(steps.getFirst()).orElseThrow();
        JsonNode below = value;
        if (steps.size() > 1) {
            JsonNode there =
                    steps.getFirst() instanceof Step.Name(var name)
                            ? tree.path(name)
                            : tree.path(0);
            below =
                    there.isContainer()
                            ? there
                            : steps.get(1) instanceof Step.Index
                                    ? JsonMapper.shared().createArrayNode()
                                    : JsonMapper.shared().createObjectNode();
            next.required().filter(_ -> !(steps.get(1) instanceof Step.Index)).forEach(into(below));
            put(next, below, steps.subList(1, steps.size()), value);
        }
        switch (steps.getFirst()) {
            case Step.Name(var name) -> ((ObjectNode) tree).set(name, below);
            case Step.Index _ -> ((ArrayNode) tree).removeAll().add(below);
        }
    }

    private static Consumer<Key> into(JsonNode object) {
        return key -> ((ObjectNode) object).set(key.name(), first(key.type()));
    }
}
