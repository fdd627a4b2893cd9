package dev.evergate.app.config;

import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Configs;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The configuration while no gateway runs: its files and its history. Edits are taken as strictly
 * as by a gateway, and are in force from the next start on. Nothing is written but what a change
 * says. Not thread-safe.
 */
public final class ConfigAtRest implements Configs {
    /** Longer than a disk takes; a file system that does not answer in it is not there. */
    private static final long READ_MS = 10_000;

    private final Parts parts;
    private final String version;
    private final ConfigAnswers answers;

    /**
     * @param version of the product
     */
    public ConfigAtRest(Parts parts, String version) {
        this.parts = parts;
        this.version = version;
        this.answers = new ConfigAnswers(parts, Optional::empty);
    }

    @Override
    public JsonNode document() {
        return answers.document(read(Map.of()));
    }

    @Override
    public Outcome change(Edit edit, Terms terms) {
        boolean isFirst =
                parts.history().isEmpty() && read(Map.of()) instanceof SourceReading.Missing;
        try {
            return isFirst
                    ? first(edit, terms)
                    : changed(new Editor(parts, this::read), edit, terms);
        } catch (Draft.Impossible e) {
            return e.refused();
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "The configuration cannot be written: %s (expected: room on the disk, and a folder you may write)"
                            .formatted(e),
                    e);
        }
    }

    /** Changes what a gateway would write at its first start. */
    private Outcome first(Edit edit, Terms terms) throws Draft.Impossible, IOException {
        String first = FirstConfig.text(parts.world().ids().token());
        Map<Path, String> texts = Map.of(parts.files().root(), first);
        var editor = new Editor(parts, drafted -> read(drafted.isEmpty() ? texts : drafted));
        var base = Optional.of(parts.hash().of(read(texts).texts()));
        return changed(
                editor,
                edit,
                new Terms(base, terms.isForced(), terms.restartDelayMs(), terms.who()));
    }

    private Outcome changed(Editor editor, Edit edit, Terms terms)
            throws Draft.Impossible, IOException {
        Revision revision = editor.revised(edit, terms);
        revision.write();
        return new Outcome.Done(
                parts.files().root().toString(),
                parts.hash().of(revision.then().texts()),
                answers.redacted(revision.then().authored()),
                revision.changedPaths(),
                Optional.empty());
    }

    @Override
    public JsonNode schema() {
        return answers.schema().put("version", version);
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

    private SourceReading read(Map<Path, String> texts) {
        try {
            return parts.files().readWithin(parts.world(), READ_MS, texts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvergateException(ErrorCode.UNAVAILABLE, "interrupted while reading", e);
        }
    }
}
