package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts secrets where a configuration refers to them. OpenClaw's form: <code>
 * {source: "env"|"file"|"exec", provider, id}</code>, with {@code secrets.providers.<name>} saying
 * where they come from. Not thread-safe.
 */
final class SecretReferences {
    private static final Set<String> NAMES = Set.of("source", "provider", "id");
    private static final Set<String> SOURCES = Set.of("env", "file", "exec");
    private static final Pattern PROVIDER = Pattern.compile("[a-z][a-z0-9_-]{0,63}");
    private static final Pattern ENV_ID = Pattern.compile("[A-Z][A-Z0-9_]{0,127}");
    private static final int PER_PROVIDER_MAX = 512;

    private final Map<String, String> variables;
    private final FileSet files;
    private final SecretCommands commands;
    private final List<ConfigProblem> problems = new ArrayList<>();

    SecretReferences(Map<String, String> variables, FileSet files, SecretCommands commands) {
        this.variables = variables;
        this.files = files;
        this.commands = commands;
    }

    /** One reference, and where its secret belongs. */
    private record Reference(ConfigPath path, String source, String provider, String id) {}

    /** Who is asked. */
    private record Asked(String source, String provider) {}

    /** Which references got no secret. */
    List<ConfigProblem> problems() {
        return problems;
    }

    /**
     * The tree with secrets; itself, changed. A reference without a secret is taken out of its
     * object; in a list, {@code null} keeps its place.
     */
    ObjectNode putInto(ObjectNode tree) {
        List<Reference> references = new ArrayList<>();
        collect(ConfigPath.ROOT, tree, tree.path("secrets").path("defaults"), references);
        Map<Asked, List<Reference>> groups =
                references.stream()
                        .collect(
                                Collectors.groupingBy(
                                        reference ->
                                                new Asked(reference.source(), reference.provider()),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        Map<Reference, SecretProvider.Answer> answers = new LinkedHashMap<>();
        groups.forEach((asked, group) -> answers.putAll(ask(asked, group, tree)));
        answers.forEach((reference, answer) -> put(tree, reference, answer));
        return tree;
    }

    private static void collect(
            ConfigPath path, JsonNode node, JsonNode defaults, List<Reference> found) {
        if (isReference(node)) {
            String source = node.path("source").stringValue();
            String provider = defaults.path(source).asString("default");
            found.add(
                    new Reference(
                            path,
                            source,
                            node.path("provider").asString(provider),
                            node.path("id").stringValue()));
        } else if (node instanceof ObjectNode object) {
            for (var entry : object.properties()) {
                collect(path.child(entry.getKey()), entry.getValue(), defaults, found);
            }
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                collect(path.child(i), list.get(i), defaults, found);
            }
        }
    }

    private static boolean isReference(JsonNode node) {
        return node.isObject()
                && NAMES.containsAll(node.propertyNames())
                && node.path("id").isString()
                && (!node.has("provider") || node.path("provider").isString())
                && node.path("source").isString()
                && SOURCES.contains(node.path("source").stringValue());
    }

    private Map<Reference, SecretProvider.Answer> ask(
            Asked asked, List<Reference> group, ObjectNode tree) {
        Function<String, Map<Reference, SecretProvider.Answer>> nobody =
                reason -> all(group, new SecretProvider.Answer.Missing(reason));
        if (!PROVIDER.matcher(asked.provider()).matches()) {
            return nobody.apply(
                    "\"%s\" is no provider's name (expected: a small letter, then small letters, digits, _ and -)"
                            .formatted(asked.provider()));
        }
        JsonNode settings = tree.path("secrets").path("providers").path(asked.provider());
        boolean isGiven = settings.isObject();
        if (!isGiven && !asked.equals(new Asked("env", "default"))) {
            return nobody.apply(
                    "there is no secrets.providers.%s (expected: {source: \"%s\", …})"
                            .formatted(asked.provider(), asked.source()));
        }
        if (isGiven && !settings.path("source").asString("").equals(asked.source())) {
            return nobody.apply(
                    "secrets.providers.%s has another source (expected: \"%s\")"
                            .formatted(asked.provider(), asked.source()));
        }
        if (group.size() > PER_PROVIDER_MAX) {
            return nobody.apply(
                    "secrets.providers.%s is asked for %d secrets (expected: at most %d)"
                            .formatted(asked.provider(), group.size(), PER_PROVIDER_MAX));
        }
        SecretProvider provider = provider(asked, settings);
        Set<String> ids = group.stream().map(Reference::id).collect(Collectors.toSet());
        Map<String, SecretProvider.Answer> byId = provider.look(ids);
        Map<Reference, SecretProvider.Answer> answers = new LinkedHashMap<>();
        for (Reference reference : group) {
            SecretProvider.Answer answer = byId.get(reference.id());
            answers.put(
                    reference,
                    answer == null ? new SecretProvider.Answer.Missing("not found") : answer);
        }
        return answers;
    }

    private static Map<Reference, SecretProvider.Answer> all(
            List<Reference> group, SecretProvider.Answer answer) {
        return group.stream()
                .collect(
                        Collectors.toMap(
                                Function.identity(),
                                _ -> answer,
                                (first, _) -> first,
                                LinkedHashMap::new));
    }

    private SecretProvider provider(Asked asked, JsonNode settings) {
        return switch (asked.source()) {
            case "file" -> new SecretFile(settings, files, home());
            case "exec" -> new SecretProgram(asked.provider(), settings, variables, commands);
            default -> ids -> fromEnvironment(settings, ids);
        };
    }

    private Path home() {
        return Path.of(variables.getOrDefault("HOME", System.getProperty("user.home", "/")));
    }

    private Map<String, SecretProvider.Answer> fromEnvironment(JsonNode settings, Set<String> ids) {
        Set<String> allowed =
                settings.path("allowlist")
                        .valueStream()
                        .map(name -> name.asString(""))
                        .collect(Collectors.toSet());
        Map<String, SecretProvider.Answer> answers = new HashMap<>();
        for (String id : ids) {
            String value = variables.getOrDefault(id, "");
            SecretProvider.Answer answer =
                    value.isEmpty()
                            ? new SecretProvider.Answer.Missing("the variable is not set")
                            : new SecretProvider.Answer.Value(value);
            if (!ENV_ID.matcher(id).matches()) {
                answer =
                        new SecretProvider.Answer.Missing(
                                "it is no variable's name (expected: capitals, digits and _)");
            } else if (settings.has("allowlist") && !allowed.contains(id)) {
                answer =
                        new SecretProvider.Answer.Missing(
                                "the provider's allowlist does not name the variable");
            }
            answers.put(id, answer);
        }
        return answers;
    }

    private void put(ObjectNode tree, Reference reference, SecretProvider.Answer answer) {
        JsonNode holder = reference.path().parent().find(tree);
        ConfigPath.Step last = reference.path().steps().getLast();
        switch (answer) {
            case SecretProvider.Answer.Value(var secret) -> {
                switch (last) {
                    case ConfigPath.Step.Name(var name) -> ((ObjectNode) holder).put(name, secret);
                    case ConfigPath.Step.Index(var index) ->
                            ((ArrayNode) holder).set(index, secret);
                }
            }
            case SecretProvider.Answer.Missing(var reason) -> {
                problems.add(
                        new ConfigProblem(
                                reference.path().toString(),
                                "no secret from %s %s, \"%s\": %s"
                                        .formatted(
                                                reference.source(),
                                                reference.provider(),
                                                reference.id(),
                                                reason)));
                switch (last) {
                    case ConfigPath.Step.Name(var name) -> ((ObjectNode) holder).remove(name);
                    case ConfigPath.Step.Index(var index) -> ((ArrayNode) holder).setNull(index);
                }
            }
        }
    }
}
