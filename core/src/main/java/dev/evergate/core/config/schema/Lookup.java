package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Locale;
import java.util.Optional;

/** Answers what may stand in a place, in the protocol's shapes. */
final class Lookup {
    private static final String ROOT = ".";

    private Lookup() {}

    /** {@code {path, schema, reloadKind, hint, hintPath, children}}; empty if nothing may. */
    static Optional<ObjectNode> at(KeyTree keys, String path) {
        return path(path).flatMap(keys::at).map(tree -> result(tree, path));
    }

    /** As people and programs write paths: also a pattern, or places of a list with a dot. */
    private static Optional<ConfigPath> path(String text) {
        String plain = text.replace("[]", "[0]").replaceAll("\\.(\\d+)(?=[.\\[]|$)", "[$1]");
        try {
            return Optional.of(plain.equals(ROOT) ? ConfigPath.ROOT : ConfigPath.parse(plain));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static ObjectNode result(KeyTree tree, String path) {
        ObjectNode result = JsonMapper.shared().createObjectNode();
        result.put("path", path.isEmpty() ? ROOT : path);
        result.set("schema", JsonSchema.shallow(tree));
        result.put("reloadKind", reloadKind(tree.effect()));
        if (!tree.pattern().isEmpty()) {
            result.set("hint", hint(tree));
            result.put("hintPath", tree.pattern());
        }
        var children = result.putArray("children");
        tree.children().forEach((name, child) -> children.add(child(tree, name, child)));
        return result;
    }

    private static ObjectNode child(KeyTree parent, String name, KeyTree child) {
        ObjectNode summary = JsonMapper.shared().createObjectNode();
        summary.put("key", name);
        summary.put("path", child.pattern());
        JsonNode type = JsonSchema.shallow(child).path("type");
        if (type.isString()) {
            summary.set("type", type);
        }
        summary.put("required", parent.required().anyMatch(key -> key.name().equals(name)));
        summary.put("hasChildren", !child.children().isEmpty());
        summary.put("reloadKind", reloadKind(child.effect()));
        summary.set("hint", hint(child));
        return summary.put("hintPath", child.pattern());
    }

    /** What a form shows beside each place, by its pattern. */
    static ObjectNode hints(KeyTree tree) {
        ObjectNode hints = JsonMapper.shared().createObjectNode();
        collect(tree, hints);
        return hints;
    }

    private static void collect(KeyTree tree, ObjectNode hints) {
        if (!tree.pattern().isEmpty()) {
            hints.set(tree.pattern(), hint(tree));
        }
        tree.children().values().forEach(child -> collect(child, hints));
    }

    private static ObjectNode hint(KeyTree tree) {
        ObjectNode hint = JsonMapper.shared().createObjectNode();
        hint.put("label", label(tree));
        tree.key().ifPresent(key -> hint.put("help", help(key)));
        hint.put("group", spaced(tree.pattern().split("[.\\[]", 2)[0]));
        hint.put("advanced", tree.keys().noneMatch(Key::isUsed));
        if (tree.key().filter(Key::isSecret).isPresent()) {
            hint.put("sensitive", true);
        }
        return hint;
    }

    static String help(Key key) {
        return key.isUsed() ? key.meaning() + "." : key.meaning() + ". Not used yet.";
    }

    /** The last two names of a place, such as "Gateway Port". */
    static String label(KeyTree tree) {
        String[] names = tree.pattern().replaceAll("\\.?\\*|\\[]", "").split("\\.");
        String last = spaced(names[names.length - 1]);
        return names.length == 1 ? last : spaced(names[names.length - 2]) + " " + last;
    }

    private static String spaced(String name) {
        String words = name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
        return words.isEmpty()
                ? words
                : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    /** OpenClaw's words: what is read live needs nothing, what is rebuilt is reloaded hot. */
    private static String reloadKind(Effect effect) {
        return switch (effect.kind()) {
            case LIVE -> "none";
            case REBUILD -> "hot";
            case RESTART -> "restart";
        };
    }
}
