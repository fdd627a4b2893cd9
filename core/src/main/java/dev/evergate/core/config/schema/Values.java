package dev.evergate.core.config.schema;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigPath;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of one object, by type; what is not written has the key's default. Asking for a key
 * that is not declared, or has no default, is a mistake of the program.
 */
final class Values {
    private final KeyTree keys;
    private final JsonNode tree;
    private final Path file;

    /**
     * @param tree has only values that are as they must be
     * @param file the configuration's own: paths in it are relative to where it is
     */
    Values(KeyTree keys, JsonNode tree, Path file) {
        this.keys = keys;
        this.tree = tree;
        this.file = file;
    }

    Values in(String path) {
        return new Values(known(path), ConfigPath.parse(path).find(tree), file);
    }

    /** The objects in this one, by the names that they were given. */
    Map<String, Values> entries() {
        Map<String, Values> entries = new LinkedHashMap<>();
        for (String name : tree.propertyNames()) {
            KeyTree entry = keys.any().orElseThrow(() -> new IllegalStateException(keys.pattern()));
            entries.put(name, new Values(entry, tree.path(name), file));
        }
        return entries;
    }

    /** The objects of a list. */
    List<Values> items(String path) {
        KeyTree item = known(path).item().orElseThrow(() -> new IllegalStateException(path));
        List<Values> items = new ArrayList<>();
        ConfigPath.parse(path)
                .find(tree)
                .forEach(value -> items.add(new Values(item, value, file)));
        return items;
    }

    /** What is written, or the default; empty without one. */
    Optional<JsonNode> find(String path) {
        JsonNode value = ConfigPath.parse(path).find(tree);
        Key key = known(path).key().orElseThrow(() -> new IllegalStateException(path));
        return value.isMissingNode() ? key.otherwise() : Optional.of(value);
    }

    private JsonNode value(String path) {
        return find(path).orElseThrow(() -> new IllegalStateException(path + " has no default"));
    }

    boolean flag(String path) {
        return value(path).booleanValue();
    }

    int whole(String path) {
        return value(path).intValue();
    }

    double decimal(String path) {
        return value(path).doubleValue();
    }

    /** Empty if there is none. */
    String text(String path) {
        return find(path).map(JsonNode::stringValue).orElse("");
    }

    List<String> texts(String path) {
        return value(path).valueStream().map(JsonNode::asString).toList();
    }

    Secret secret(String path) {
        return Secret.of(text(path));
    }

    /** Every value under a name that somebody gave it. */
    Map<String, Secret> secrets(String path) {
        Map<String, Secret> secrets = new LinkedHashMap<>();
        for (var field : ConfigPath.parse(path).find(tree).properties()) {
            secrets.put(field.getKey(), Secret.of(field.getValue().stringValue()));
        }
        return secrets;
    }

    /** An absolute path. */
    Optional<Path> path(String path) {
        return find(path).map(JsonNode::stringValue).map(this::absolute);
    }

    private Path absolute(String text) {
        return text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(2))
                : file.toAbsolutePath().resolveSibling(text).normalize();
    }

    private KeyTree known(String path) {
        return keys.at(ConfigPath.parse(path))
                .orElseThrow(() -> new IllegalStateException(keys.pattern() + "." + path));
    }
}
