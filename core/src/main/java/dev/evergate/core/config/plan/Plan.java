package dev.evergate.core.config.plan;

import dev.evergate.core.config.ConfigPath;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Everything that is different between two configurations, and what each difference takes. */
public record Plan(List<Change> changes) {
    /** Nothing is different. */
    public static final Plan NOTHING = new Plan(List.of());

    public Plan {
        changes = List.copyOf(changes);
    }

    /**
     * Compares two configurations. Objects are compared key by key, lists as a whole; an object
     * that was added or removed counts with each of its values.
     *
     * @param effects what a change at a path takes
     */
    public static Plan between(
            JsonNode before, JsonNode after, Function<ConfigPath, Effect> effects) {
        List<Change> changes = new ArrayList<>();
        compare(ConfigPath.ROOT, before, after, effects, changes);
        return new Plan(changes);
    }

    private static void compare(
            ConfigPath path,
            JsonNode before,
            JsonNode after,
            Function<ConfigPath, Effect> effects,
            List<Change> changes) {
        if (before.equals(after)) {
            return;
        }
        Set<String> names = new LinkedHashSet<>();
        if (isOpen(before, after) || isOpen(after, before)) {
            names.addAll(before.propertyNames());
            names.addAll(after.propertyNames());
        }
        if (names.isEmpty()) {
            changes.add(new Change(path, effects.apply(path)));
            return;
        }
        for (String name : names) {
            compare(path.child(name), at(before, name), at(after, name), effects, changes);
        }
    }

    /** Whether a difference is to be looked for inside. */
    private static boolean isOpen(JsonNode object, JsonNode other) {
        return object.isObject() && (other.isObject() || other.isMissingNode());
    }

    private static JsonNode at(JsonNode node, String name) {
        return node.isObject() ? node.path(name) : MissingNode.getInstance();
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Whether any change takes this. */
    public boolean takes(Effect effect) {
        return changes.stream().anyMatch(change -> change.effect() == effect);
    }

    /** For people: every path with what it takes. */
    @Override
    public String toString() {
        return changes.stream().map(Change::toString).collect(Collectors.joining(", "));
    }
}
