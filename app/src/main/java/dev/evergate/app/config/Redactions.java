package dev.evergate.app.config;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;
import dev.evergate.core.config.schema.ConfigSchema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts placeholders in the place of a text's secrets, and what they stand for back where it was.
 * Stateless.
 */
final class Redactions {
    private static final JsonNode PLACEHOLDER =
            JsonMapper.shared().valueToTree(ConfigSchema.REDACTED);

    /** What is shorter could be any word of a comment. */
    private static final int SECRET_CHARS_MIN = 6;

    /**
     * What somebody has put aside in a comment, or what counts no more because it stands twice: it
     * could be an old secret, or the next one.
     */
    private static final Pattern ASIDE =
            Pattern.compile(
                    "(?i)([\\w-]*(?:token|password|secret|api_?key|authorization)[\"']?\\s*[:=]\\s*)"
                            + "(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s,}\\]\\[{\"'$][^\\s,}]*)");

    /** The well-known beginnings of keys that providers hand out. */
    private static final Pattern KEY =
            Pattern.compile("\\b(?:sk|pk|rk|gsk|ghp|gho|xox[abprs]|AIza)[-_]?[\\w-]{10,}");

    private Redactions() {}

    /** A file's text as clients see it; nothing of one that cannot be understood. */
    static String shown(String text) {
        Json5Text shown;
        try {
            shown = Json5Text.parse(text);
        } catch (Json5Exception _) {
            return "";
        }
        JsonNode tree = shown.tree();
        Map<ConfigPath, JsonNode> secrets = new LinkedHashMap<>();
        differences(ConfigPath.ROOT, tree, ConfigSchema.redacted(tree), secrets);
        for (ConfigPath path : secrets.keySet()) {
            shown = shown.set(path, PLACEHOLDER);
        }
        String result = shown.text();
        for (JsonNode secret : secrets.values()) {
            String value = secret.asString("");
            if (value.length() >= SECRET_CHARS_MIN) {
                result = result.replace(value, ConfigSchema.REDACTED);
            }
        }
        String withoutAsides = ASIDE.matcher(result).replaceAll(Redactions::aside);
        return KEY.matcher(withoutAsides).replaceAll(ConfigSchema.REDACTED);
    }

    private static String aside(MatchResult found) {
        String value = found.group(2);
        boolean isVariable = value.startsWith("${", 1);
        return Matcher.quoteReplacement(
                isVariable || value.contains(ConfigSchema.REDACTED)
                        ? found.group()
                        : found.group(1) + '"' + ConfigSchema.REDACTED + '"');
    }

    /**
     * The lines of {@code stored} in the place of those that were shown instead, where that is
     * certain; so comments keep what was hidden in them.
     */
    static String restored(String text, String stored) {
        List<String> lines = stored.lines().toList();
        List<String> shown = shown(stored).lines().toList();
        if (lines.size() != shown.size()) {
            return text;
        }
        Map<String, String> originals = new HashMap<>();
        Set<String> doubtful = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String before = originals.putIfAbsent(shown.get(i), lines.get(i));
            if (before != null && !before.equals(lines.get(i))) {
                doubtful.add(shown.get(i));
            }
        }
        originals.keySet().removeAll(doubtful);
        String rest = text.endsWith("\n") ? "\n" : "";
        return text.lines()
                        .map(
                                line ->
                                        line.contains(ConfigSchema.REDACTED)
                                                ? originals.getOrDefault(line, line)
                                                : line)
                        .collect(Collectors.joining("\n"))
                + rest;
    }

    /** The places where a tree holds nothing but a placeholder. */
    static Set<ConfigPath> placeholders(JsonNode tree) {
        Set<ConfigPath> found = new HashSet<>();
        placeholders(ConfigPath.ROOT, tree, found);
        return found;
    }

    private static void placeholders(ConfigPath path, JsonNode node, Set<ConfigPath> found) {
        if (node.equals(PLACEHOLDER)) {
            found.add(path);
        }
        if (node.isObject()) {
            node.propertyNames()
                    .forEach(name -> placeholders(path.child(name), node.path(name), found));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            placeholders(path.child(i), node.path(i), found);
        }
    }

    private static void differences(
            ConfigPath path, JsonNode tree, JsonNode redacted, Map<ConfigPath, JsonNode> found) {
        if (tree.equals(redacted)) {
            return;
        }
        if (tree.isObject() && redacted.isObject()) {
            for (String name : tree.propertyNames()) {
                differences(path.child(name), tree.path(name), redacted.path(name), found);
            }
        } else if (tree.isArray() && redacted.size() == tree.size()) {
            for (int i = 0; i < tree.size(); i++) {
                differences(path.child(i), tree.path(i), redacted.path(i), found);
            }
        } else {
            found.put(path, tree);
        }
    }
}
