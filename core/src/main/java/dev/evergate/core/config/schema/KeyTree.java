package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All keys as the tree that they are written in. A place with a key of its own and keys below it
 * may be written either way, such as {@code agents.defaults.model}. Immutable.
 *
 * @param pattern the path to here; empty for the root
 * @param named what may stand in an object here
 * @param any what may stand in it under any other name
 * @param item what may stand in a list here
 * @param isWhole whether it is used as a whole or not at all
 */
record KeyTree(
        String pattern,
        Optional<Key> key,
        Map<String, KeyTree> named,
        Optional<KeyTree> any,
        Optional<KeyTree> item,
        boolean isWhole) {
    /** What a text is short for, in a place that may also hold an object. */
    static final String SHORT_FOR = "primary";

    private static final String ANY = "*";
    private static final String ITEM = "[]";

    static KeyTree of(List<Keys> declared) {
        Set<String> wholes = new LinkedHashSet<>();
        Map<String, Key> keys = new LinkedHashMap<>();
        for (Keys object : declared) {
            wholes.addAll(object.wholes());
            for (Key key : object.keys()) {
                if (keys.putIfAbsent(key.pattern(), key) != null) {
                    throw new IllegalArgumentException(key.pattern() + " is declared twice");
                }
            }
        }
        return of("", List.copyOf(keys.values()), wholes);
    }

    private static KeyTree of(String pattern, List<Key> keys, Set<String> wholes) {
        Optional<Key> own = keys.stream().filter(key -> key.pattern().equals(pattern)).findFirst();
        Map<String, List<Key>> below = new LinkedHashMap<>();
        for (Key key : keys) {
            if (!key.pattern().equals(pattern)) {
                below.computeIfAbsent(
                                next(key.pattern().substring(pattern.length())),
                                _ -> new ArrayList<>())
                        .add(key);
            }
        }
        Map<String, KeyTree> children = new LinkedHashMap<>();
        below.forEach(
                (step, those) -> children.put(step, of(longer(pattern, step), those, wholes)));
        Optional<KeyTree> any = Optional.ofNullable(children.remove(ANY));
        Optional<KeyTree> item = Optional.ofNullable(children.remove(ITEM));
        return new KeyTree(pattern, own, children, any, item, wholes.contains(pattern));
    }

    /** The first step of what follows a pattern. */
    private static String next(String rest) {
        if (rest.startsWith(ITEM)) {
            return ITEM;
        }
        String name = rest.startsWith(".") ? rest.substring(1) : rest;
        int end = 0;
        while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
            end++;
        }
        return name.substring(0, end);
    }

    private static String longer(String pattern, String step) {
        return pattern.isEmpty() || step.equals(ITEM) ? pattern + step : pattern + "." + step;
    }

    boolean holdsKeys() {
        return !named.isEmpty() || any.isPresent();
    }

    /** What may stand one step on; empty if nothing may. */
    Optional<KeyTree> at(Step step) {
        return switch (step) {
            case Step.Name(var name) -> Optional.ofNullable(named.get(name)).or(this::any);
            case Step.Index _ -> item;
        };
    }

    /** What may stand at a path; empty if nothing may. */
    Optional<KeyTree> at(ConfigPath path) {
        Optional<KeyTree> found = Optional.of(this);
        for (Step step : path.steps()) {
            found = found.flatMap(tree -> tree.at(step));
        }
        return found;
    }

    /** What may stand below, by the last step of its pattern. */
    Map<String, KeyTree> children() {
        Map<String, KeyTree> all = new LinkedHashMap<>(named);
        any.ifPresent(tree -> all.put(ANY, tree));
        item.ifPresent(tree -> all.put(ITEM, tree));
        return all;
    }

    /** Every key here and below. */
    Stream<Key> keys() {
        return Stream.concat(key.stream(), children().values().stream().flatMap(KeyTree::keys));
    }

    /** What a change takes if it is of the whole of this: the most of what any key here takes. */
    Effect effect() {
        return keys().map(Key::effect).max(Comparator.naturalOrder()).orElse(Effect.AT_ONCE);
    }

    /** What must not be missing from an object here. */
    Stream<Key> required() {
        return named.values().stream().flatMap(tree -> tree.key.stream()).filter(Key::isRequired);
    }

    /** Whether {@code value} is to be looked into, rather than held against the key's own type. */
    boolean opens(JsonNode value) {
        return (value.isObject() && holdsKeys()) || (value.isArray() && item.isPresent());
    }
}
