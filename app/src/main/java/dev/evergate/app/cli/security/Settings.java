package dev.evergate.app.cli.security;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.SourceReading;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a configuration says, whether or not a gateway would take it. Immutable.
 *
 * @param authored variables and references as they were written
 * @param resolved what all of it means. Holds secrets: never to be shown
 * @param problems what could not be read or looked up
 */
record Settings(ObjectNode authored, ObjectNode resolved, List<String> problems) {
    private static final Pattern HEADER = Pattern.compile(".*\\.headers(\\.[^.]+|\\[.*])");
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*headers.*(auth|key|token|secret|cookie).*");

    static Settings of(Premises premises) {
        List<String> problems =
                premises.running().map(Running::issues).orElse(problems(premises.reading()));
        return premises.reading() instanceof SourceReading.Read(var sources)
                ? new Settings(sources.authored(), sources.resolved(), problems)
                : new Settings(nothing(), nothing(), problems);
    }

    private static List<String> problems(SourceReading reading) {
        return switch (reading) {
            case SourceReading.Read(var sources) ->
                    sources.problems().stream().map(ConfigProblem::toString).toList();
            case SourceReading.Unusable unusable -> List.of(unusable.problem().toString());
            case SourceReading.Missing _ -> List.of();
        };
    }

    private static ObjectNode nothing() {
        return JsonMapper.shared().createObjectNode();
    }

    /** The value at a path such as {@code gateway.bind}; missing if there is none. */
    JsonNode at(String path) {
        return resolved.at("/" + path.replace('.', '/'));
    }

    String text(String path, String otherwise) {
        return at(path).asString(otherwise);
    }

    boolean isOn(String path) {
        return at(path).asBoolean(false);
    }

    List<String> texts(String path) {
        return at(path).valueStream().map(item -> item.asString("")).toList();
    }

    /** Whether anybody but this computer reaches the gateway. */
    boolean isOpen() {
        return switch (text("gateway.bind", "loopback")) {
            case "loopback", "auto" -> false;
            case "custom" -> !isLoopback(text("gateway.customBindHost", ""));
            case String address -> !isLoopback(address);
        };
    }

    /** The secret that clients prove themselves with; empty if there is none. */
    String gatewaySecret() {
        return text("gateway.auth." + text("gateway.auth.mode", "token"), "");
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("::1")
                || host.equals("[::1]");
    }

    /** Whether what is sent to an address can be read on the way. */
    static boolean isReadable(String url) {
        try {
            URI uri = URI.create(url);
            return "http".equals(uri.getScheme())
                    && uri.getHost() != null
                    && !isLoopback(uri.getHost());
        } catch (IllegalArgumentException _) {
            return false; // nobody sends anything there
        }
    }

    /** Every secret in {@code tree} by its path; those that stand elsewhere are not in it. */
    static Map<String, String> secrets(JsonNode tree) {
        Map<String, String> found = new TreeMap<>();
        gather(tree, List.of(), found);
        return found;
    }

    private static void gather(JsonNode node, List<Step> steps, Map<String, String> found) {
        switch (node) {
            case ObjectNode object when isReference(object) -> {}
            case ObjectNode object ->
                    object.properties()
                            .forEach(
                                    field ->
                                            gather(
                                                    field.getValue(),
                                                    with(steps, new Step.Name(field.getKey())),
                                                    found));
            case ArrayNode list -> {
                for (int i = 0; i < list.size(); i++) {
                    gather(list.get(i), with(steps, new Step.Index(i)), found);
                }
            }
            case JsonNode value -> {
                var path = new ConfigPath(steps);
                String text = value.asString("");
                if (!text.isEmpty() && ConfigSchema.isSecret(path) && !isPlain(path.toString())) {
                    found.put(path.toString(), text);
                }
            }
        }
    }

    private static boolean isReference(ObjectNode object) {
        return object.has("source") && object.has("id");
    }

    /** A header may hold a secret; most do not. */
    private static boolean isPlain(String path) {
        return HEADER.matcher(path).matches() && !SECRET_NAME.matcher(path).matches();
    }

    private static List<Step> with(List<Step> steps, Step last) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(last);
        return longer;
    }
}
