package dev.evergate.app.cli.config;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.json5.Json5Text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/**
 * One change as {@code config.patch} takes it.
 *
 * @param raw a merge patch (RFC 7396) in JSON
 * @param replaced paths whose value takes the place of what is there
 */
public record ConfigPatch(String raw, List<String> replaced) {
    public ConfigPatch {
        replaced = List.copyOf(replaced);
    }

    /**
     * What it takes to set a value, or to take it away. A merge patch cannot reach into a list, so
     * such a list goes whole; secrets in it are placeholders, which keep what they stand for.
     *
     * @param before what the file says
     * @param value empty to take away what is there
     * @return empty if nothing would be different
     * @throws IllegalArgumentException if there is no such place
     */
    public static Optional<ConfigPatch> of(
            JsonNode before, ConfigPath path, Optional<JsonNode> value) {
        Json5Text text = Json5Text.parse(before.toString());
        ObjectNode after =
                value.map(it -> text.set(path, it)).orElseGet(() -> text.unset(path)).tree();
        if (after.equals(text.tree())) {
            return Optional.empty();
        }
        ConfigPath named = named(path);
        JsonNode changed = named.find(after);
        JsonNode held = changed.isMissingNode() ? NullNode.getInstance() : changed;
        ObjectNode patch = Json5Text.parse("{}").set(named, held).tree();
        return Optional.of(
                new ConfigPatch(
                        patch.toString(),
                        changed.isContainer() ? List.of(named.toString()) : List.of()));
    }

    /** The path up to the first list. */
    private static ConfigPath named(ConfigPath path) {
        int names = 0;
        while (names < path.steps().size() && path.steps().get(names) instanceof Step.Name) {
            names++;
        }
        return new ConfigPath(path.steps().subList(0, names));
    }

    /** The parameters of {@code config.patch}. */
    public ObjectNode params(String baseHash, boolean isForced) {
        ObjectNode params =
                JsonMapper.shared().createObjectNode().put("raw", raw).put("baseHash", baseHash);
        if (!replaced.isEmpty()) {
            replaced.forEach(params.putArray("replacePaths")::add);
        }
        if (isForced) {
            params.put("force", true);
        }
        return params;
    }
}
