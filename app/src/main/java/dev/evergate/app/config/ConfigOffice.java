package dev.evergate.app.config;

import dev.evergate.core.config.history.Entry.Origin;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Configs;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;
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

    private final ConfigDesk desk;
    private final Parts parts;
    private final ConfigAnswers answers;
    private final String version;
    private final Editor editor;

    /**
     * @param version of the product
     */
    public ConfigOffice(ConfigDesk desk, String version) {
        this.desk = desk;
        this.version = version;
        this.parts = desk.parts();
        this.answers = new ConfigAnswers(parts, () -> Optional.of(desk.inForce()));
        this.editor = new Editor(parts, desk::read);
    }

    @Override
    public JsonNode document() {
        return answers.document(desk.read());
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
        try {
            return write(editor.revised(edit, terms), edit, terms);
        } catch (Draft.Impossible e) {
            return e.refused();
        }
    }

    private Outcome write(Revision revision, Edit edit, Terms terms) {
        ConfigDesk.Target target = desk.target(revision.then());
        ConfigDesk.Durably files = revision::write;
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
        return new Outcome.Done(
                parts.files().root().toString(),
                parts.hash().of(revision.then().texts()),
                answers.redacted(revision.then().authored()),
                revision.changedPaths(),
                desk.lookAtRestart(terms.restartDelayMs()));
    }
}
