package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Hides secrets. Where no type says what a value is, its name decides. */
final class Redaction {
    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    "(?i).*(token|secret|password|passphrase|passwd|api[-_]?key|private[-_]?key"
                            + "|authorization|credentials?|cookie|headers)");

    /** A variable by name is no secret. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_][A-Z0-9_]*}");

    private static final Set<String> SOURCES = Set.of("env", "file", "exec", "store");
    private static final Set<String> REFERENCE = Set.of("source", "provider", "id");

    private Redaction() {}

    static boolean isSecret(KeyTree root, ConfigPath path) {
        Optional<KeyTree> known = Optional.of(root);
        boolean isNamedSo = false;
        for (Step step : path.steps()) {
            known = known.flatMap(tree -> tree.at(step));
            isNamedSo |= known.isEmpty() && step instanceof Step.Name(var name) && isNamedSo(name);
        }
        return known.map(tree -> tree.key().filter(Key::isSecret).isPresent()).orElse(isNamedSo);
    }

    static JsonNode redacted(KeyTree root, JsonNode value) {
        return redacted(Optional.of(root), value, false);
    }

    /**
     * @param known what may stand here; empty if nobody knows
     * @param isNamedSo whether a name on the way here, of which nothing is known, is one of secrets
     */
    private static JsonNode redacted(Optional<KeyTree> known, JsonNode value, boolean isNamedSo) {
        boolean isSecret =
                known.isPresent() ? known.get().key().filter(Key::isSecret).isPresent() : isNamedSo;
        return switch (value) {
            case ObjectNode object when isReference(object) -> object.deepCopy();
            case ObjectNode object -> {
                ObjectNode copy = JsonMapper.shared().createObjectNode();
                for (var field : object.properties()) {
                    Optional<KeyTree> next =
                            known.flatMap(tree -> tree.at(new Step.Name(field.getKey())))
                                    .filter(tree -> isPlaceOf(tree, field.getValue()));
                    boolean isNext = isSecret || (next.isEmpty() && isNamedSo(field.getKey()));
                    copy.set(field.getKey(), redacted(next, field.getValue(), isNext));
                }
                yield copy;
            }
            case ArrayNode list -> {
                ArrayNode copy = JsonMapper.shared().createArrayNode();
                Optional<KeyTree> next = known.flatMap(tree -> tree.at(new Step.Index(0)));
                list.forEach(item -> copy.add(redacted(next, item, isSecret)));
                yield copy;
            }
            case StringNode text
                    when isSecret
                            ? !isVariable(text.stringValue())
                            : holdsPassword(text.stringValue()) ->
                    StringNode.valueOf(ConfigSchema.REDACTED);
            case JsonNode other when isSecret && other.isNumber() ->
                    StringNode.valueOf(ConfigSchema.REDACTED);
            default -> value;
        };
    }

    /** The same with variables and references in the place of what they were resolved to. */
    static JsonNode written(JsonNode resolved, JsonNode authored) {
        if (authored instanceof StringNode text && text.stringValue().contains("${")) {
            return authored;
        }
        if (authored instanceof ObjectNode object && isReference(object)) {
            return authored;
        }
        return switch (resolved) {
            case ObjectNode object -> {
                ObjectNode copy = JsonMapper.shared().createObjectNode();
                for (var field : object.properties()) {
                    JsonNode source = authored.path(field.getKey());
                    copy.set(field.getKey(), written(field.getValue(), source));
                }
                yield copy;
            }
            case ArrayNode list -> {
                ArrayNode copy = JsonMapper.shared().createArrayNode();
                for (int i = 0; i < list.size(); i++) {
                    copy.add(written(list.get(i), authored.path(i)));
                }
                yield copy;
            }
            default -> resolved;
        };
    }

    /** A key that slipped to where something else belongs is one that nobody knows. */
    private static boolean isPlaceOf(KeyTree tree, JsonNode value) {
        return tree.key().isPresent()
                || (value.isObject() && tree.holdsKeys())
                || (value.isArray() && tree.item().isPresent());
    }

    private static boolean isNamedSo(String name) {
        return SECRET_NAME.matcher(name).matches();
    }

    private static boolean isVariable(String text) {
        return text.isEmpty() || VARIABLE.matcher(text).matches();
    }

    private static boolean isReference(ObjectNode object) {
        return REFERENCE.containsAll(object.propertyNames())
                && object.has("id")
                && SOURCES.contains(object.path("source").asString(""));
    }

    /** Whether it is an address with a name and a password in it. */
    static boolean holdsPassword(String text) {
        if (!text.contains("@") || !text.contains("://")) {
            return false;
        }
        try {
            return URI.create(text).getRawUserInfo() != null;
        } catch (IllegalArgumentException _) {
            return true; // nobody can say what it holds
        }
    }
}
