package dev.evergate.app.config;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Terms;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes edits strictly: as a whole and without any problem of their making, or not at all. Writes
 * nothing. Not thread-safe.
 */
final class Editor {
    /** A file that holds so little may change as a whole. */
    private static final int VALUES_MIN = 4;

    private static final Outcome.Refused BASE_MISSING =
            new Outcome.Refused(
                    "config base hash required; re-run config.get and retry", List.of());
    private static final Outcome.Refused BASE_STALE =
            new Outcome.Refused(
                    "config changed since last load; re-run config.get and retry", List.of());

    private final Parts parts;
    private final Function<Map<Path, String>, SourceReading> reader;

    /**
     * @param reader reads the files as if these texts were in them
     */
    Editor(Parts parts, Function<Map<Path, String>, SourceReading> reader) {
        this.parts = parts;
        this.reader = reader;
    }

    /** What an edit would make of the files as they are now. */
    Revision revised(Edit edit, Terms terms) throws Draft.Impossible {
        SourceReading now = reader.apply(Map.of());
        checkBase(now, edit, terms);
        Map<Path, String> drafted = drafted(edit, now);
        ConfigSources then = understood(drafted);
        if (!(edit instanceof Edit.Undo)) {
            checkProblems(now, then);
        }
        checkSize(now, then, terms);
        JsonNode before =
                sources(now)
                        .<JsonNode>map(ConfigSources::authored)
                        .orElse(MissingNode.getInstance());
        return new Revision(drafted, before, then);
    }

    private void checkBase(SourceReading now, Edit edit, Terms terms) throws Draft.Impossible {
        boolean isFree = now instanceof SourceReading.Missing || edit instanceof Edit.Undo;
        if (terms.baseHash().isEmpty() && !isFree) {
            throw new Draft.Impossible(BASE_MISSING);
        }
        if (terms.baseHash().isPresent()
                && !terms.baseHash().get().equals(parts.hash().of(now.texts()))
                && !(now instanceof SourceReading.Missing)) {
            throw new Draft.Impossible(BASE_STALE);
        }
    }

    private Map<Path, String> drafted(Edit edit, SourceReading now) throws Draft.Impossible {
        var draft = new Draft(parts.files().root(), now.texts(), sources(now));
        return switch (edit) {
            case Edit.Document document -> draft.of(document);
            case Edit.Patch patch -> draft.of(patch);
            case Edit.Undo undo -> draft.of(undo, parts.history());
        };
    }

    private static Optional<ConfigSources> sources(SourceReading reading) {
        return reading instanceof SourceReading.Read(var sources)
                ? Optional.of(sources)
                : Optional.empty();
    }

    private ConfigSources understood(Map<Path, String> drafted) throws Draft.Impossible {
        return switch (reader.apply(drafted)) {
            case SourceReading.Read(var sources) -> sources;
            case SourceReading.Unusable unusable ->
                    throw new Draft.Impossible(Draft.refused(List.of(unusable.problem())));
            case SourceReading.Missing _ ->
                    throw new Draft.Impossible(
                            new Outcome.Refused("there is nothing to write", List.of()));
        };
    }

    /** Refuses problems that were not there before. What was in force before may be so again. */
    private void checkProblems(SourceReading now, ConfigSources then) throws Draft.Impossible {
        List<ConfigProblem> problems =
                new ArrayList<>(ConfigReader.strict(then, parts.overrides()));
        sources(now)
                .ifPresent(
                        known -> problems.removeAll(ConfigReader.strict(known, parts.overrides())));
        if (!problems.isEmpty()) {
            throw new Draft.Impossible(Draft.refused(problems));
        }
    }

    /** Refuses what takes away most of what there is. */
    private static void checkSize(SourceReading now, ConfigSources then, Terms terms)
            throws Draft.Impossible {
        int before = sources(now).map(known -> values(known.authored())).orElse(0);
        int after = values(then.authored());
        if (!terms.isForced() && before >= VALUES_MIN && after * 2 < before) {
            throw new Draft.Impossible(
                    new Outcome.Refused(
                            "the change would leave %d of %d values (expected: half; else --force, \"force\": true)"
                                    .formatted(after, before),
                            List.of()));
        }
    }

    private static int values(JsonNode tree) {
        return tree.isContainer() ? tree.valueStream().mapToInt(Editor::values).sum() : 1;
    }
}
