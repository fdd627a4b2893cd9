package dev.evergate.core.config;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One object of the configuration's tree. Reads typed values and notes each one that is not as it
 * must be, with its full key; the whole tree shares one list of problems.
 */
final class ConfigSection {
    private final String path;
    private final JsonNode node;
    private final List<ConfigProblem> problems;

    private ConfigSection(String path, JsonNode node, List<ConfigProblem> problems) {
        this.path = path;
        this.node = node;
        this.problems = problems;
    }

    static ConfigSection root(JsonNode node) {
        return new ConfigSection("", node, new ArrayList<>());
    }

    List<ConfigProblem> problems() {
        return List.copyOf(problems);
    }

    void problem(String name, String message) {
        problems.add(new ConfigProblem(key(name), message));
    }

    ConfigSection section(String name) {
        JsonNode child = node.path(name);
        if (!child.isMissingNode() && !child.isNull() && !child.isObject() && !child.isString()) {
            problem(name, "%s (expected: an object)".formatted(shown(child)));
        }
        return new ConfigSection(key(name), child, problems);
    }

    List<ConfigSection> sections(String name) {
        JsonNode list = node.path(name);
        List<ConfigSection> sections = new ArrayList<>();
        if (list.isArray()) {
            for (int i = 0; i < list.size(); i++) {
                sections.add(new ConfigSection(key(name) + "[" + i + "]", list.get(i), problems));
            }
        } else if (!isAbsent(list)) {
            problem(name, "%s (expected: a list)".formatted(shown(list)));
        }
        return sections;
    }

    List<String> names() {
        return node.isObject() ? List.copyOf(node.propertyNames()) : List.of();
    }

    boolean isText(String name) {
        return node.path(name).isString();
    }

    String text(String name, String otherwise) {
        JsonNode value = node.path(name);
        if (isAbsent(value)) {
            return otherwise;
        }
        if (!value.isString()) {
            // Only the kind: where text is expected, the value may be a secret written without
            // quotes.
            problem(name, "not text but %s (expected: text)".formatted(value.getNodeType()));
            return otherwise;
        }
        return value.stringValue();
    }

    String oneOf(String name, String otherwise, List<String> choices) {
        String value = text(name, otherwise);
        if (!choices.contains(value)) {
            problem(name, "\"%s\" (expected: one of %s)".formatted(value, choices));
            return otherwise;
        }
        return value;
    }

    int number(String name, int otherwise, int min, int max) {
        JsonNode value = node.path(name);
        if (isAbsent(value)) {
            return otherwise;
        }
        if (!value.canConvertToInt()
                || !value.isIntegralNumber()
                || value.intValue() < min
                || value.intValue() > max) {
            problem(
                    name,
                    "%s (expected: a whole number from %d to %d)"
                            .formatted(shown(value), min, max));
            return otherwise;
        }
        return value.intValue();
    }

    boolean has(String name) {
        return !isAbsent(node.path(name));
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = node.path(name);
        if (isAbsent(value)) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            problem(name, "%s (expected: true or false)".formatted(shown(value)));
            return otherwise;
        }
        return value.booleanValue();
    }

    double fraction(String name, double otherwise) {
        JsonNode value = node.path(name);
        if (isAbsent(value)) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > 1) {
            problem(name, "%s (expected: a number from 0 to 1)".formatted(shown(value)));
            return otherwise;
        }
        return value.doubleValue();
    }

    List<String> texts(String name) {
        JsonNode list = node.path(name);
        List<String> texts = new ArrayList<>();
        if (list.isArray()) {
            for (JsonNode value : list) {
                if (value.isString()) {
                    texts.add(value.stringValue());
                } else {
                    problem(name, "%s (expected: a list of texts)".formatted(shown(value)));
                }
            }
        } else if (!isAbsent(list)) {
            problem(name, "%s (expected: a list of texts)".formatted(shown(list)));
        }
        return texts;
    }

    Map<String, String> allTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        names().forEach(name -> texts.put(name, text(name, "")));
        return texts;
    }

    Optional<URI> httpUrl(String name) {
        String text = text(name, "");
        try {
            URI url = URI.create(text);
            if (url.getHost() != null
                    && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return Optional.of(url);
            }
        } catch (IllegalArgumentException _) {
            // falls through: told below like every other bad address
        }
        problem(
                name,
                "\"%s\" (expected: an address such as http://127.0.0.1:11434/v1)".formatted(text));
        return Optional.empty();
    }

    private String key(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    /** The value as a problem shows it: short, and only its kind where it could hold a secret. */
    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER, BOOLEAN -> value.asString();
            case STRING ->
                    value.stringValue().length() <= 40
                            ? "\"" + value.stringValue() + "\""
                            : "a long text";
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case BINARY, MISSING, NULL -> "nothing";
        };
    }
}
