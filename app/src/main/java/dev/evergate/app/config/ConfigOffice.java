package dev.evergate.app.config;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.history.Entry.Origin;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Configs;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The desk's window for clients. What they write is taken strictly: as a whole and without any
 * problem of their making, or not at all.
 */
public final class ConfigOffice implements Configs {
    /** Longer than everything a change takes; whoever waited longer may ask again. */
    private static final long ANSWER_MS = 60_000;

    /** A file that holds so little may change as a whole. */
    private static final int VALUES_MIN = 4;

    private static final Outcome.Refused BASE_MISSING =
            new Outcome.Refused(
                    "config base hash required; re-run config.get and retry", List.of());
    private static final Outcome.Refused BASE_STALE =
            new Outcome.Refused(
                    "config changed since last load; re-run config.get and retry", List.of());

    private final ConfigDesk desk;
    private final Parts parts;
    private final ConfigAnswers answers;

    public ConfigOffice(ConfigDesk desk) {
        this.desk = desk;
        this.parts = desk.parts();
        this.answers = new ConfigAnswers(parts, desk::inForce);
    }

    @Override
    public JsonNode document() {
        return answers.document(desk.read());
    }

    @Override
    public JsonNode schema() {
        return answers.schema();
    }

    @Override
    public Optional<JsonNode> lookup(String path) {
        return answers.lookup(path);
    }

    @Override
    public List<JsonNode> history(int limit) {
        return answers.history(limit);
    }

    @Override
    public JsonNode diff(long from, OptionalLong to) {
        return answers.diff(from, to);
    }

    @Override
    public Outcome change(Edit edit, Terms terms) {
        var answer = new CompletableFuture<Outcome>();
        desk.later(
                () -> {
                    try {
                        answer.complete(changed(edit, terms));
                    } catch (Throwable e) { // the boundary: whatever it is, whoever asked is told
                        answer.completeExceptionally(e);
                    }
                });
        try {
            return answer.get(ANSWER_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "the change takes longer than %d s; see: evergate config history"
                            .formatted(ANSWER_MS / 1_000),
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EvergateException why) {
                throw why;
            }
            throw new IllegalStateException("the change of the configuration failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConfigDesk.notNow();
        }
    }

    private Outcome changed(Edit edit, Terms terms) {
        if (desk.house().isEmpty()) {
            throw ConfigDesk.notNow();
        }
        SourceReading now = desk.read();
        try {
            checkBase(now, edit, terms);
            Map<Path, String> drafted = drafted(edit, now);
            ConfigSources then = understood(drafted);
            check(now, then, terms);
            return write(now, drafted, then, edit, terms);
        } catch (Draft.Impossible e) {
            return e.refused();
        }
    }

    private void checkBase(SourceReading now, Edit edit, Terms terms) throws Draft.Impossible {
        boolean isFree = now instanceof SourceReading.Missing || edit instanceof Edit.Undo;
        if (terms.baseHash().isEmpty() && !isFree) {
            throw new Draft.Impossible(BASE_MISSING);
        }
        if (terms.baseHash().isPresent()
                && !terms.baseHash().get().equals(answers.hash(now))
                && !(now instanceof SourceReading.Missing)) {
            throw new Draft.Impossible(BASE_STALE);
        }
    }

    private Map<Path, String> drafted(Edit edit, SourceReading now) throws Draft.Impossible {
        var draft = new Draft(parts.files().root(), now.texts(), sources(now));
        return switch (edit) {
            case Edit.Document document -> draft.of(document);
            case Edit.Patch patch -> draft.of(patch);
            case Edit.Undo undo -> draft.of(undo, parts.history(), desk.inForce());
        };
    }

    private static Optional<ConfigSources> sources(SourceReading reading) {
        return reading instanceof SourceReading.Read(var sources)
                ? Optional.of(sources)
                : Optional.empty();
    }

    private ConfigSources understood(Map<Path, String> drafted) throws Draft.Impossible {
        return switch (desk.read(drafted)) {
            case SourceReading.Read(var sources) -> sources;
            case SourceReading.Unusable unusable ->
                    throw new Draft.Impossible(Draft.refused(List.of(unusable.problem())));
            case SourceReading.Missing _ ->
                    throw new Draft.Impossible(
                            new Outcome.Refused("there is nothing to write", List.of()));
        };
    }

    /** Refuses problems that were not there before, and what takes away most of what there is. */
    private void check(SourceReading now, ConfigSources then, Terms terms) throws Draft.Impossible {
        List<ConfigProblem> problems =
                new ArrayList<>(ConfigReader.strict(then, parts.overrides()));
        sources(now)
                .ifPresent(
                        known -> problems.removeAll(ConfigReader.strict(known, parts.overrides())));
        if (!problems.isEmpty()) {
            throw new Draft.Impossible(Draft.refused(problems));
        }
        int before = sources(now).map(known -> values(known.authored())).orElse(0);
        int after = values(then.authored());
        if (!terms.isForced() && before >= VALUES_MIN && after * 2 < before) {
            throw new Draft.Impossible(
                    new Outcome.Refused(
                            "the change would leave %d of %d values (expected: at least half; if that is meant: --force, or \"force\": true)"
                                    .formatted(after, before),
                            List.of()));
        }
    }

    private static int values(JsonNode tree) {
        return tree.isContainer() ? tree.valueStream().mapToInt(ConfigOffice::values).sum() : 1;
    }

    private Outcome write(
            SourceReading now,
            Map<Path, String> drafted,
            ConfigSources then,
            Edit edit,
            Terms terms)
            throws Draft.Impossible {
        ConfigDesk.Target target = desk.target(then);
        ConfigDesk.Durably files = () -> write(drafted);
        try {
            if (target.plan().isEmpty() || desk.isOff(target)) {
                files.write();
                desk.settle(target);
            } else {
                Origin by = edit instanceof Edit.Undo ? Origin.UNDO : Origin.RPC;
                desk.apply(target, by, terms.who(), files);
            }
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "The configuration cannot be written: %s (expected: room on the disk, and a folder you may write)"
                            .formatted(e),
                    e);
        }
        JsonNode before =
                sources(now)
                        .<JsonNode>map(ConfigSources::authored)
                        .orElse(MissingNode.getInstance());
        return new Outcome.Done(
                parts.files().root().toString(),
                parts.hash().of(then.texts()),
                answers.redacted(then.authored()),
                outermost(before, then.authored()),
                desk.lookAtRestart(terms.restartDelayMs()));
    }

    /** What others include first: the file that needs them is there last. */
    private void write(Map<Path, String> drafted) throws IOException {
        List<Path> files = new ArrayList<>(drafted.keySet());
        files.sort((one, other) -> Boolean.compare(isRoot(one), isRoot(other)));
        for (Path file : files) {
            ConfigFileWriter.write(file, drafted.get(file));
        }
    }

    private boolean isRoot(Path file) {
        return file.equals(parts.files().root());
    }

    /** The outermost places where two trees differ. */
    private static List<String> outermost(JsonNode before, JsonNode after) {
        List<String> found = new ArrayList<>();
        outermost(ConfigPath.ROOT, before, after, found);
        return found;
    }

    private static void outermost(
            ConfigPath path, JsonNode before, JsonNode after, List<String> found) {
        if (before.equals(after)) {
            return;
        }
        if (!before.isObject() || !after.isObject()) {
            found.add(path.toString());
            return;
        }
        var names = new java.util.LinkedHashSet<>(before.propertyNames());
        names.addAll(after.propertyNames());
        for (String name : names) {
            outermost(path.child(name), before.path(name), after.path(name), found);
        }
    }
}
