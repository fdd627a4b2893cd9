package dev.evergate.app.cli;

import dev.evergate.app.cli.config.ConfigPatch;
import dev.evergate.app.cli.config.Configuration;
import dev.evergate.app.cli.text.Output;
import dev.evergate.core.config.ConfigPath;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Makes one change and tells what came of it. Used by one thread. */
final class ConfigEdit {
    /** Somebody else may change the file between our look and our change. */
    private static final int TRIES = 5;

    private final Surroundings surroundings;
    private final Configuration configuration;
    private final boolean isJson;

    ConfigEdit(Surroundings surroundings, Configuration configuration, boolean isJson) {
        this.surroundings = surroundings;
        this.configuration = configuration;
        this.isJson = isJson;
    }

    /**
     * Sets a value, or takes it away.
     *
     * @param value empty to take away what is there
     */
    void put(ConfigPath path, Optional<JsonNode> value, boolean isForced) {
        untilUndisturbed(
                document -> {
                    Optional<ConfigPatch> patch = patch(document.path("parsed"), path, value);
                    if (patch.isEmpty()) {
                        String same = "Nothing to change: %s is as it should be.".formatted(path);
                        tell(Json.object(), same);
                        return;
                    }
                    change("config.patch", patch.get().params(hash(document), isForced));
                });
    }

    /** Makes a change to whatever the file says now. */
    void changeLatest(String method, ObjectNode params, boolean isForced) {
        if (isForced) {
            params.put("force", true);
        }
        untilUndisturbed(document -> change(method, params.put("baseHash", hash(document))));
    }

    private void untilUndisturbed(Consumer<JsonNode> change) {
        for (int attempt = 1; ; attempt++) {
            try {
                change.accept(configuration.ask("config.get", Json.object()));
                return;
            } catch (CommandFailure failure) {
                if (attempt == TRIES || !failure.text().contains("changed since last load")) {
                    throw failure;
                }
            }
        }
    }

    private static String hash(JsonNode document) {
        return document.path("hash").asString("");
    }

    private static Optional<ConfigPatch> patch(
            JsonNode before, ConfigPath path, Optional<JsonNode> value) {
        try {
            return ConfigPatch.of(before, path, value);
        } catch (IllegalArgumentException misplaced) {
            throw ConfigOptions.badPath(String.valueOf(misplaced.getMessage()));
        }
    }

    private void change(String method, ObjectNode params) {
        JsonNode answer = configuration.ask(method, params);
        String plan =
                configuration
                        .plan()
                        .orElseGet(
                                () ->
                                        answer.path("changedPaths")
                                                .valueStream()
                                                .map(JsonNode::asString)
                                                .collect(Collectors.joining(", ")));
        ObjectNode tree = (ObjectNode) answer;
        configuration.plan().ifPresent(text -> tree.put("plan", text));
        tell(tree, plan.isEmpty() ? "Nothing is different." : Output.harmless(plan));
        if (!isJson && answer.path("restart").isObject()) {
            surroundings
                    .output()
                    .note("It takes a restart, which begins by itself: evergate restarts");
        }
    }

    private void tell(ObjectNode tree, String sentence) {
        surroundings.tell(isJson, tree, sentence);
    }
}
