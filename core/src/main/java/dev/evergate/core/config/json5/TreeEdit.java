package dev.evergate.core.config.json5;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Set;

/** What the edits of a text mean. Each may change the tree it is given. */
final class TreeEdit {
    private TreeEdit() {}

    static ObjectNode set(ObjectNode tree, ConfigPath path, JsonNode value) {
        if (path.isRoot()) {
            if (value instanceof ObjectNode whole) {
                return whole;
            }
            throw new IllegalArgumentException(
                    "the whole configuration cannot be a single value (expected: an object)");
        }
        if (path.steps().size() > Json5Parser.DEPTH_MAX) {
            throw new IllegalArgumentException(
                    "%d values inside each other (expected: at most %d)"
                            .formatted(path.steps().size(), Json5Parser.DEPTH_MAX));
        }
        put(tree, path, 0, value);
        return tree;
    }

    /** Puts a value where the path leads to from here, behind its first steps. */
    private static void put(JsonNode holder, ConfigPath path, int done, JsonNode value) {
        Step step = path.steps().get(done);
        JsonNode held = value;
        if (done + 1 < path.steps().size()) {
            held =
                    switch (step) {
                        case Step.Name(var name) -> holder.path(name);
                        case Step.Index(var index) -> holder.path(index);
                    };
            if (!held.isContainer()) {
                held =
                        switch (path.steps().get(done + 1)) {
                            case Step.Name _ -> JsonNodeFactory.instance.objectNode();
                            case Step.Index _ -> JsonNodeFactory.instance.arrayNode();
                        };
            }
            put(held, path, done + 1, value);
        }
        ConfigPath here = new ConfigPath(path.steps().subList(0, done));
        switch (step) {
            case Step.Name(var name) when holder instanceof ObjectNode object ->
                    object.set(name, held);
            case Step.Index(var index) when holder instanceof ArrayNode list -> {
                if (index > list.size()) {
                    throw misplaced(
                            path, here, "a list; its next place is [%d]".formatted(list.size()));
                }
                if (index == list.size()) {
                    list.add(held);
                } else {
                    list.set(index, held);
                }
            }
            case Step.Name _ ->
                    throw misplaced(path, here, "a list (expected: a place such as [0])");
            case Step.Index _ -> throw misplaced(path, here, "an object (expected: a name)");
        }
    }

    private static IllegalArgumentException misplaced(ConfigPath path, ConfigPath here, String is) {
        return new IllegalArgumentException(
                "%s: %s is %s".formatted(path, here.isRoot() ? "the configuration" : here, is));
    }

    static ObjectNode unset(ObjectNode tree, ConfigPath path) {
        if (path.isRoot()) {
            return tree.removeAll();
        }
        JsonNode holder = path.parent().find(tree);
        switch (path.steps().getLast()) {
            case Step.Name(var name) when holder instanceof ObjectNode object ->
                    object.remove(name);
            case Step.Index(var index) when holder instanceof ArrayNode list -> list.remove(index);
            case Step.Name _, Step.Index _ -> {}
        }
        return tree;
    }

    static ObjectNode merge(ObjectNode tree, ObjectNode patch, Set<ConfigPath> replaced) {
        merge(tree, patch, ConfigPath.ROOT, replaced);
        return tree;
    }

    private static void merge(
            ObjectNode tree, ObjectNode patch, ConfigPath path, Set<ConfigPath> replaced) {
        patch.forEachEntry(
                (name, value) -> {
                    ConfigPath at = path.child(name);
                    if (value.isNull()) {
                        tree.remove(name);
                    } else if (value instanceof ObjectNode inner) {
                        boolean isMerged = !replaced.contains(at);
                        ObjectNode merged =
                                isMerged && tree.path(name) instanceof ObjectNode present
                                        ? present
                                        : tree.objectNode();
                        merge(merged, inner, at, replaced);
                        tree.set(name, merged);
                    } else {
                        tree.set(name, value);
                    }
                });
    }
}
