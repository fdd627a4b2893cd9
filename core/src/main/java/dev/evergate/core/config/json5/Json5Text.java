package dev.evergate.core.config.json5;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.json5.Syntax.Block;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.Set;

/**
 * A text in JSON5 that holds one object, and what it means. Immutable; thread-safe.
 *
 * <p>Of keys that stand twice in an object, the last one counts.
 */
public final class Json5Text {
    private final String text;
    private final Block root;

    private Json5Text(String text, Block root) {
        this.text = text;
        this.root = root;
    }

    /**
     * Reads a text. Takes time in proportion to its length, and no more than 64 levels of stack.
     *
     * @throws Json5Exception with line and column, if it is not JSON5, or holds no object
     */
    public static Json5Text parse(String text) {
        return new Json5Text(text, new Json5Parser(text).document());
    }

    /**
     * Reads a single value, such as {@code 5}, {@code 'text'} or {@code [1, 2]}.
     *
     * @throws Json5Exception with line and column, if it is not one
     */
    public static JsonNode value(String text) {
        return new Json5Parser(text).only().tree();
    }

    /** As it was read or edited, to the last blank. */
    public String text() {
        return text;
    }

    /** What it means; a new tree with every call, for the caller to change. */
    public ObjectNode tree() {
        return (ObjectNode) root.tree();
    }

    /** Where a value stands, with its name; of what is not there, where it would be looked for. */
    public Place place(ConfigPath path) {
        int offset = root.start();
        Syntax holder = root;
        for (Step step : path.steps()) {
            Optional<Syntax.Item> found = find(holder, step);
            if (found.isEmpty()) {
                break;
            }
            offset = found.get().start();
            holder = found.get().value();
        }
        return Place.of(text, offset);
    }

    /**
     * With another value at this place; objects on the way that are missing come into being. At the
     * end of a list one is added.
     *
     * @param value as JSON has it
     * @throws IllegalArgumentException if there is no such place, or the whole is set to something
     *     that is no object
     */
    public Json5Text set(ConfigPath path, JsonNode value) {
        return meaning(TreeEdit.set(tree(), path, value));
    }

    /** Without what stands at this place; as it is if nothing does. */
    public Json5Text unset(ConfigPath path) {
        return meaning(TreeEdit.unset(tree(), path));
    }

    /**
     * With a patch as RFC 7396 has it: objects are merged, null takes away, all else replaces.
     *
     * @param replaced where an object of the patch replaces instead of being merged
     */
    public Json5Text merge(ObjectNode patch, Set<ConfigPath> replaced) {
        return meaning(TreeEdit.merge(tree(), patch, replaced));
    }

    /**
     * With another meaning, and as little changed as that takes: comments, order, quotes and
     * indentation stay. Comments inside a value go with it.
     *
     * @throws Json5Exception if that is deeper than a text may be
     */
    public Json5Text meaning(ObjectNode target) {
        String changed = Rewrite.of(text, root, target);
        return changed.equals(text) ? this : parse(changed);
    }

    private static Optional<Syntax.Item> find(Syntax holder, Step step) {
        return switch (holder) {
            case Block block ->
                    switch (step) {
                        case Step.Name(var name) -> block.last(name);
                        case Step.Index(var index) -> block.at(index);
                    };
            case Syntax.Scalar _ -> Optional.empty();
        };
    }

    /** Not the text: it may hold secrets. */
    @Override
    public String toString() {
        return "%d characters of JSON5".formatted(text.length());
    }
}
