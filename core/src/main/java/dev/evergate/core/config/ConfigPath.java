package dev.evergate.core.config;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a value stands in a configuration, such as {@code models.providers.openai.models[0].id}. A
 * name that is not plain stands in brackets and quotes: {@code models.providers["a.b"].api}.
 * Immutable.
 */
public record ConfigPath(List<Step> steps) {
    /** The whole configuration. */
    public static final ConfigPath ROOT = new ConfigPath(List.of());

    private static final Pattern PLAIN = Pattern.compile("[\\w$*-]+");

    public ConfigPath {
        steps = List.copyOf(steps);
    }

    /** From a value to one that it holds. */
    public sealed interface Step {
        /** A key of an object. */
        record Name(String name) implements Step {}

        /** A place in a list, from 0. */
        record Index(int index) implements Step {}
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException saying where the text is not a path
     */
    public static ConfigPath parse(String text) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '[') {
                int end =
                        text.startsWith("[\"", at)
                                ? quoteAfter(text, at + 2)
                                : text.indexOf(']', at);
                if (end < 0) {
                    throw malformed(text, at, "an index or a quoted name, closed by ]");
                }
                steps.add(bracketed(text, at, end));
                at = text.charAt(end) == '"' ? end + 2 : end + 1;
            } else {
                int from = text.charAt(at) == '.' && at > 0 ? at + 1 : at;
                int end = from;
                while (end < text.length()
                        && PLAIN.matcher(text.substring(end, end + 1)).matches()) {
                    end++;
                }
                if (end == from) {
                    throw malformed(text, from, "a name");
                }
                steps.add(new Step.Name(text.substring(from, end)));
                at = end;
            }
        }
        return new ConfigPath(steps);
    }

    /** Where a quoted name ends; a backslash takes the next character as it is. */
    private static int quoteAfter(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.startsWith("\"]", at)) {
                return at;
            }
        }
        return -1;
    }

    private static Step bracketed(String text, int from, int end) {
        if (text.charAt(end) == '"') {
            return new Step.Name(text.substring(from + 2, end).replaceAll("\\\\(.)", "$1"));
        }
        try {
            return new Step.Index(Integer.parseUnsignedInt(text.substring(from + 1, end)));
        } catch (NumberFormatException e) {
            throw malformed(text, from, "an index or a quoted name, closed by ]");
        }
    }

    private static IllegalArgumentException malformed(String text, int at, String expected) {
        return new IllegalArgumentException(
                "\"%s\" is no path: at %d (expected: %s)".formatted(text, at + 1, expected));
    }

    /** The value with this key in the object that stands here. */
    public ConfigPath child(String name) {
        return with(new Step.Name(name));
    }

    /** The value at this place, from 0, of the list that stands here. */
    public ConfigPath child(int index) {
        return with(new Step.Index(index));
    }

    private ConfigPath with(Step step) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return new ConfigPath(longer);
    }

    /** What holds the value that stands here; the root holds itself. */
    public ConfigPath parent() {
        return steps.isEmpty() ? this : new ConfigPath(steps.subList(0, steps.size() - 1));
    }

    public boolean isRoot() {
        return steps.isEmpty();
    }

    /** Whether {@code other} holds this one, or is this one. */
    public boolean startsWith(ConfigPath other) {
        return steps.size() >= other.steps.size()
                && steps.subList(0, other.steps.size()).equals(other.steps);
    }

    /** What stands here in {@code tree}; a missing node if nothing does. */
    public JsonNode find(JsonNode tree) {
        JsonNode found = tree;
        for (Step step : steps) {
            found =
                    switch (step) {
                        case Step.Name(var name) -> found.path(name);
                        case Step.Index(var index) -> found.path(index);
                    };
        }
        return found;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            switch (step) {
                case Step.Name(var name) when PLAIN.matcher(name).matches() ->
                        text.append(text.isEmpty() ? "" : ".").append(name);
                case Step.Name(var name) -> text.append("[\"").append(quoted(name)).append("\"]");
                case Step.Index(var index) -> text.append('[').append(index).append(']');
            }
        }
        return text.toString();
    }

    private static String quoted(String name) {
        return name.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
