package dev.evergate.app.config;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What files are to hold after an edit, and why not. Not thread-safe. */
final class Draft {
    private static final Set<Entry.State> WERE_IN_FORCE =
            Set.of(Entry.State.APPLIED, Entry.State.PROVEN);

    private final Path root;
    private final Map<Path, String> before;
    private final Optional<ConfigSources> sources;

    /** An edit that cannot be made. */
    static final class Impossible extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Outcome.Refused refused;

        Impossible(Outcome.Refused refused) {
            super(refused.message());
            this.refused = refused;
        }

        Outcome.Refused refused() {
            return refused;
        }
    }

    /**
     * @param before the texts of the files as they are
     * @param sources what they mean; empty if they cannot be understood
     */
    Draft(Path root, Map<Path, String> before, Optional<ConfigSources> sources) {
        this.root = root;
        this.before = before;
        this.sources = sources;
    }

    /** The whole file that people edit. */
    Map<Path, String> of(Edit.Document edit) throws Impossible {
        String stored = before.getOrDefault(root, "");
        String raw = Redactions.restored(edit.raw(), stored);
        Json5Text text = parsed(raw);
        JsonNode tree = text.tree();
        for (ConfigPath path : Redactions.placeholders(tree)) {
            text = text.set(path, secret(path));
        }
        return Map.of(root, text.text());
    }

    /** A part of it. */
    Map<Path, String> of(Edit.Patch edit) throws Impossible {
        ObjectNode patch = parsed(edit.raw()).tree();
        Json5Text stored = parsed(before.getOrDefault(root, "{}\n"));
        Json5Text text = stored.merge(patch, paths(edit.replaced()));
        for (ConfigPath path : Redactions.placeholders(text.tree())) {
            text = text.set(path, secret(path));
        }
        return Map.of(root, text.text());
    }

    private static Set<ConfigPath> paths(Set<String> texts) throws Impossible {
        try {
            return texts.stream().map(ConfigPath::parse).collect(Collectors.toSet());
        } catch (IllegalArgumentException e) {
            throw new Impossible(
                    new Outcome.Refused("invalid replacePaths: " + e.getMessage(), List.of()));
        }
    }

    /** What a placeholder stands for. */
    private JsonNode secret(ConfigPath path) throws Impossible {
        JsonNode secret = sources.map(known -> path.find(known.authored())).orElse(null);
        if (secret == null || secret.isMissingNode() || secret.isNull()) {
            throw new Impossible(
                    refused(
                            List.of(
                                    new ConfigProblem(
                                            path.toString(),
                                            "the placeholder stands for nothing that is stored"
                                                    + " (expected: the secret itself)"))));
        }
        return secret;
    }

    private static Json5Text parsed(String raw) throws Impossible {
        try {
            return Json5Text.parse(raw);
        } catch (Json5Exception e) {
            throw new Impossible(
                    refused(
                            List.of(
                                    new ConfigProblem(
                                            ConfigProblem.Kind.UNUSABLE_FILE,
                                            "",
                                            String.valueOf(e.getMessage())))));
        }
    }

    /** All files as they were. */
    Map<Path, String> of(Edit.Undo edit, ConfigHistory history) throws Impossible {
        long number =
                edit.to().isPresent()
                        ? edit.to().getAsLong()
                        : before(history)
                                .orElseThrow(
                                        () ->
                                                new Impossible(
                                                        new Outcome.Refused(
                                                                "there is no configuration before this one",
                                                                List.of())));
        ConfigHistory.Kept kept = history.find(number).orElseThrow(() -> gone(number));
        Map<Path, String> texts = new LinkedHashMap<>(kept.texts());
        if (!texts.containsKey(root)) {
            throw new Impossible(
                    new Outcome.Refused(
                            "configuration %d was of another file: %s"
                                    .formatted(number, texts.keySet()),
                            List.of()));
        }
        texts.entrySet().removeIf(file -> file.getValue().equals(before.get(file.getKey())));
        return texts;
    }

    private static Impossible gone(long number) {
        return new Impossible(
                new Outcome.Refused(
                        "configuration %d is not kept any more, or damaged (see: evergate config history)"
                                .formatted(number),
                        List.of()));
    }

    /** The last one in force of which the files say anything different now. */
    private Optional<Long> before(ConfigHistory history) {
        return history.contents().kept().stream()
                .filter(entry -> WERE_IN_FORCE.contains(entry.state()))
                .map(Entry::number)
                .filter(number -> history.find(number).stream().anyMatch(this::isDifferent))
                .findFirst();
    }

    private boolean isDifferent(ConfigHistory.Kept kept) {
        return !kept.texts().equals(before);
    }

    /** In the words clients know. */
    static Outcome.Refused refused(List<ConfigProblem> problems) {
        List<ConfigProblem> issues = problems.stream().map(Draft::issue).toList();
        String first =
                issues.stream()
                        .limit(3)
                        .map(
                                issue ->
                                        (issue.path().isEmpty() ? "<root>" : issue.path())
                                                + ": "
                                                + issue.message())
                        .collect(Collectors.joining("; "));
        String more = issues.size() > 3 ? "; and %d more".formatted(issues.size() - 3) : "";
        return new Outcome.Refused("invalid config: " + first + more, issues);
    }

    /** Clients know an unknown key as a problem of what holds it. */
    static ConfigProblem issue(ConfigProblem problem) {
        if (problem.kind() != ConfigProblem.Kind.UNKNOWN_KEY) {
            return problem;
        }
        ConfigPath path = ConfigPath.parse(problem.path());
        String name =
                switch (path.steps().getLast()) {
                    case ConfigPath.Step.Name(var key) -> key;
                    case ConfigPath.Step.Index(var index) -> Integer.toString(index);
                };
        int hint = problem.message().indexOf(" Did you mean ");
        return new ConfigProblem(
                problem.kind(),
                path.parent().toString(),
                "Unrecognized key: \"%s\"%s"
                        .formatted(name, hint < 0 ? "" : "." + problem.message().substring(hint)));
    }
}
