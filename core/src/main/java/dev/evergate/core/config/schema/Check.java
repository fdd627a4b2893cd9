package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.ConfigProblem;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds a tree against the keys, and after that against the rules that several keys make together.
 * Not thread-safe.
 */
final class Check {
    /** A value that stands in a problem may be this long. */
    private static final int SHOWN_MAX = 40;

    private final KeyTree keys;
    private final JsonNode authored;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * Something that is not as it must be.
     *
     * @param path what cannot stay: the value, or all of what it belongs to
     */
    record Finding(ConfigPath path, ConfigProblem problem) {}

    private Check(KeyTree keys, JsonNode authored) {
        this.keys = keys;
        this.authored = authored;
    }

    /**
     * Everything that is wrong.
     *
     * @param authored what people wrote for {@code tree}: only this is ever shown, since a variable
     *     may stand for a secret
     */
    static List<Finding> of(KeyTree keys, JsonNode tree, JsonNode authored) {
        Check check = new Check(keys, authored);
        check.value(keys, ConfigPath.ROOT, tree);
        List<ConfigPath> wrong =
                check.findings.stream().filter(Check::isBad).map(Finding::path).toList();
        for (Rules.Broken broken : Rules.broken(tree)) {
            // What several keys make together means nothing while one of them is wrong by itself.
            if (broken.paths().stream().noneMatch(path -> overlaps(path, wrong))) {
                String at = broken.at().toString();
                var problem = new ConfigProblem(broken.kind(), at, broken.message());
                broken.paths().forEach(path -> check.bad(path, problem));
            }
        }
        return check.findings;
    }

    private static boolean overlaps(ConfigPath path, List<ConfigPath> others) {
        return others.stream().anyMatch(other -> other.startsWith(path) || path.startsWith(other));
    }

    static boolean isBad(Finding finding) {
        return switch (finding.problem().kind()) {
            case BAD_VALUE, EXPOSED -> true;
            case UNKNOWN_KEY, UNUSABLE_FILE -> false;
        };
    }

    private void value(KeyTree known, ConfigPath path, JsonNode value) {
        if (value.isNull()) {
            return;
        }
        if (!known.opens(value)) {
            scalar(known, path, value);
            return;
        }
        if (value instanceof ObjectNode object) {
            object(known, path, object);
            return;
        }
        for (int i = 0; i < value.size(); i++) {
            ConfigPath place = path.child(i);
            value(known.item().orElseThrow(), place, value.get(i));
            if (value.get(i).isNull()) {
                bad(place, place, "nothing (expected: a value)");
            }
        }
    }

    private void scalar(KeyTree known, ConfigPath path, JsonNode value) {
        Optional<Key> key = known.key();
        if (key.isPresent() && key.get().type().accepts(value)) {
            return;
        }
        List<String> expected = new ArrayList<>();
        key.ifPresent(of -> expected.add(of.type().phrase()));
        if (known.holdsKeys()) {
            expected.add("an object");
        }
        if (known.item().isPresent()) {
            expected.add("a list");
        }
        // Where no single value belongs, it is likely another key's, and could be a secret.
        String shown =
                key.filter(of -> !of.isSecret()).isPresent() ? shown(path, value) : kind(value);
        bad(path, path, "%s (expected: %s)".formatted(shown, String.join(", or ", expected)));
    }

    private void object(KeyTree known, ConfigPath path, ObjectNode object) {
        for (var field : object.properties()) {
            ConfigPath place = path.child(field.getKey());
            Optional<KeyTree> below = known.at(new Step.Name(field.getKey()));
            if (below.isPresent()) {
                value(below.get(), place, field.getValue());
            } else {
                findings.add(new Finding(place, unknown(place)));
            }
        }
        known.required()
                .filter(
                        key ->
                                object.path(key.name()).isMissingNode()
                                        || object.path(key.name()).isNull())
                .forEach(
                        key ->
                                bad(
                                        path,
                                        path.child(key.name()),
                                        "missing (expected: %s)".formatted(key.type().phrase())));
    }

    private ConfigProblem unknown(ConfigPath path) {
        String nearest = Nearest.to(keys, path).map(" Did you mean %s?"::formatted).orElse("");
        return new ConfigProblem(
                ConfigProblem.Kind.UNKNOWN_KEY,
                path.toString(),
                "unknown key; it stays in the file and has no effect." + nearest);
    }

    /** Tells of one place; what cannot stay is another, or what that belongs to. */
    private void bad(ConfigPath gone, ConfigPath told, String message) {
        bad(gone, new ConfigProblem(told.toString(), message));
    }

    private void bad(ConfigPath gone, ConfigProblem problem) {
        findings.add(new Finding(whole(keys, gone), problem));
    }

    /**
     * The list that a place is in, or else the nearest whole; the place itself if it is in none.
     */
    static ConfigPath whole(KeyTree keys, ConfigPath path) {
        KeyTree tree = keys;
        ConfigPath at = ConfigPath.ROOT;
        ConfigPath whole = path;
        for (Step step : path.steps()) {
            if (step instanceof Step.Index) {
                return at;
            }
            at = new ConfigPath(path.steps().subList(0, at.steps().size() + 1));
            Optional<KeyTree> next = tree.at(step);
            if (next.isEmpty()) {
                return whole;
            }
            tree = next.get();
            whole = tree.isWhole() ? at : whole;
        }
        return whole;
    }

    private String shown(ConfigPath path, JsonNode value) {
        JsonNode written = path.find(authored);
        return shown(written.isMissingNode() ? value : written);
    }

    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER, BOOLEAN -> value.asString();
            case STRING -> shown(value.stringValue());
            case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO -> kind(value);
        };
    }

    private static String shown(String text) {
        if (Redaction.holdsPassword(text)) {
            return "an address with a password";
        }
        return text.length() <= SHOWN_MAX ? "\"" + text + "\"" : "a long text";
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case STRING -> "a text";
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case BINARY, MISSING, NULL -> "nothing";
        };
    }
}
