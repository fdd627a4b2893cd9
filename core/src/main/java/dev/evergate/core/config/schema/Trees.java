package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes a tree at a path. */
final class Trees {
    private Trees() {}

    /**
     * Puts a value in its place, with the objects around it; a missing one goes away. Does nothing
     * if something on the way is no object: that is wrong, and has to be told.
     *
     * @param path of names alone
     */
    static void put(ObjectNode tree, ConfigPath path, JsonNode value) {
        ObjectNode object = tree;
        for (Step step : path.parent().steps()) {
            JsonNode next = object.path(name(step));
            if (next.isMissingNode() && value.isMissingNode()) {
                return;
            }
            if (next.isMissingNode() || next.isNull()) {
                next = object.putObject(name(step));
            }
            if (!(next instanceof ObjectNode below)) {
                return;
            }
            object = below;
        }
        String last = name(path.steps().getLast());
        if (value.isMissingNode()) {
            object.remove(last);
        } else {
            object.set(last, value.deepCopy());
        }
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.Name(var name) -> name;
            case Step.Index index ->
                    throw new IllegalArgumentException("a path of names alone, not " + index);
        };
    }
}
