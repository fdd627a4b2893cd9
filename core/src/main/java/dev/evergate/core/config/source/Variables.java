package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the values of variables where texts name them. OpenClaw's rules: {@code ${NAME}} with a name
 * of capitals, digits and {@code _}; {@code $${NAME}} stands for {@code ${NAME}} itself; a variable
 * that is empty counts as not set. Not thread-safe.
 */
final class Variables {
    private static final Pattern NAMED = Pattern.compile("(\\$?)\\$\\{([A-Z_][A-Z0-9_]*+)}");

    /** What texts may grow by, all together. */
    private static final long CHARS_MAX = FileSet.BYTES_MAX;

    private final Map<String, String> values;
    private long chars;
    private final List<ConfigProblem> problems = new ArrayList<>();

    Variables(Map<String, String> values) {
        this.values = values;
    }

    /** Where no value could be put. */
    List<ConfigProblem> problems() {
        return problems;
    }

    /**
     * The tree with values; itself, changed. What names a variable that is not set is taken out of
     * its object; in a list, {@code null} keeps its place.
     */
    ObjectNode putInto(ObjectNode tree) {
        into(ConfigPath.ROOT, tree);
        return tree;
    }

    private void into(ConfigPath path, JsonNode holder) {
        if (holder instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                JsonNode value = object.get(name);
                if (value.isString()) {
                    filled(path.child(name), value.stringValue())
                            .ifPresentOrElse(
                                    text -> object.put(name, text), () -> object.remove(name));
                } else {
                    into(path.child(name), value);
                }
            }
        } else if (holder instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i).isString()) {
                    list.set(
                            i,
                            filled(path.child(i), list.get(i).stringValue())
                                    .<JsonNode>map(JsonNodeFactory.instance::stringNode)
                                    .orElse(NullNode.getInstance()));
                } else {
                    into(path.child(i), list.get(i));
                }
            }
        }
    }

    private Optional<String> filled(ConfigPath path, String text) {
        if (text.indexOf('$') < 0) {
            return Optional.of(text);
        }
        Matcher named = NAMED.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (named.find()) {
            String name = named.group(2);
            if (!named.group(1).isEmpty()) {
                named.appendReplacement(filled, Matcher.quoteReplacement("${" + name + "}"));
                continue;
            }
            String value = values.getOrDefault(name, "");
            chars += value.length();
            if (value.isEmpty() || chars > CHARS_MAX) {
                problems.add(new ConfigProblem(path.toString(), reason(name, value)));
                return Optional.empty();
            }
            named.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return Optional.of(named.appendTail(filled).toString());
    }

    private static String reason(String name, String value) {
        return value.isEmpty()
                ? ("${%s} is not set (expected: a variable of the gateway's environment,"
                                + " or a line in .env of the state directory)")
                        .formatted(name)
                : "${%s} and the variables before it are too long together (expected: at most %,d characters)"
                        .formatted(name, CHARS_MAX);
    }
}
