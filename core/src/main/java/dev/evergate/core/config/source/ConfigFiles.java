package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.World;

import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The files of a configuration: the one people edit, what it includes, {@code .env}, and where its
 * secrets are. Thread-safe. Reading is kind: whatever lies in the place of a file, a value is the
 * answer.
 */
public final class ConfigFiles {
    /** Files that are other ones each time they are looked at are left for later. */
    private static final int TRIES = 5;

    private final Path root;
    private final Path dotEnv;
    private final Map<String, String> environment;
    private final SecretCommands commands;

    /**
     * @param root the file people edit
     * @param dotEnv variables for what {@code environment} does not say
     * @param environment the process's own variables
     */
    public ConfigFiles(
            Path root, Path dotEnv, Map<String, String> environment, SecretCommands commands) {
        this.root = root.toAbsolutePath().normalize();
        this.dotEnv = dotEnv.toAbsolutePath().normalize();
        this.environment = Map.copyOf(environment);
        this.commands = commands;
    }

    /** As the other, with the {@code .env} that lies beside the file. */
    public ConfigFiles(Path root, Map<String, String> environment, SecretCommands commands) {
        this(root, root.resolveSibling(".env"), environment, commands);
    }

    public Path root() {
        return root;
    }

    /** The same variables and secrets, with another file that people edit. */
    public ConfigFiles at(Path other) {
        return new ConfigFiles(other, dotEnv, environment, commands);
    }

    /** Reads what the files say now. Runs the commands that secrets come from. */
    public SourceReading read() {
        return read(Map.of());
    }

    /** Reads as if {@code texts} were in their files; all others are read as they are. */
    public SourceReading read(Map<Path, String> texts) {
        for (int i = 0; i < TRIES; i++) {
            var files = new FileSet(texts);
            var gathered = gather(files);
            if (files.isUnchanged()) {
                return switch (gathered) {
                    case Gathered.Complete complete ->
                            new SourceReading.Read(resolved(complete, files));
                    case Gathered.NoRoot _ -> new SourceReading.Missing(root, files.watched());
                    case Gathered.Broken(var read, var problem) ->
                            new SourceReading.Unusable(problem, read, files.watched());
                };
            }
        }
        var files = new FileSet(texts);
        gather(files);
        return new SourceReading.Unusable(
                new UnusableSource(root, "it changes while it is read").problem(),
                Map.of(),
                files.watched());
    }

    /** As {@link #readWithin(World, long, Map)}, with all files as they are. */
    public SourceReading readWithin(World world, long timeoutMs) throws InterruptedException {
        return readWithin(world, timeoutMs, Map.of());
    }

    /**
     * Reads, and waits no longer than {@code timeoutMs}: a file system that does not answer, or a
     * pipe put in a file's place at the very moment, holds up nobody.
     *
     * @param texts as for {@link #read(Map)}
     */
    public SourceReading readWithin(World world, long timeoutMs, Map<Path, String> texts)
            throws InterruptedException {
        var reading = new AtomicReference<SourceReading>(unanswered(timeoutMs));
        Attempt attempt =
                world.attempt(
                        "read-config",
                        world.time().deadlineIn(timeoutMs),
                        () -> reading.set(read(texts)));
        return switch (attempt) {
            case Attempt.Done _ -> reading.get();
            case Attempt.Overdue _ -> unanswered(timeoutMs);
            case Attempt.Failed(var cause) ->
                    throw new IllegalStateException("reading the configuration failed", cause);
        };
    }

    private SourceReading unanswered(long timeoutMs) {
        return new SourceReading.Unusable(
                new UnusableSource(
                                root,
                                "it could not be read within %d ms; is its file system there?"
                                        .formatted(timeoutMs))
                        .problem(),
                Map.of(),
                Set.of(root, dotEnv));
    }

    /** The texts, before secrets are looked up. */
    private sealed interface Gathered {
        record Complete(Map<Path, String> texts, ObjectNode authored, FileText variables)
                implements Gathered {}

        record NoRoot() implements Gathered {}

        record Broken(Map<Path, String> texts, ConfigProblem problem) implements Gathered {}
    }

    private Gathered gather(FileSet files) {
        FileText variables = files.read(dotEnv);
        if (files.read(root) instanceof FileText.Absent) {
            return new Gathered.NoRoot();
        }
        var includes = new Includes(root, files);
        try {
            ObjectNode authored = includes.merged();
            return new Gathered.Complete(includes.texts(), authored, variables);
        } catch (UnusableSource unusable) {
            return new Gathered.Broken(includes.texts(), unusable.problem());
        }
    }

    private ConfigSources resolved(Gathered.Complete gathered, FileSet files) {
        List<ConfigProblem> problems = new ArrayList<>();
        Map<String, String> values = new HashMap<>();
        switch (gathered.variables()) {
            case FileText.Text(_, var text) -> values.putAll(DotEnv.parse(text));
            case FileText.Absent _ -> {}
            case FileText.Bad(var reason) ->
                    problems.add(new ConfigProblem("", dotEnv + ": " + reason));
        }
        values.putAll(environment);
        var variables = new Variables(values);
        ObjectNode tree = variables.putInto(gathered.authored().deepCopy());
        var secrets = new SecretReferences(values, files, commands);
        ObjectNode resolved = secrets.putInto(tree);
        problems.addAll(variables.problems());
        problems.addAll(secrets.problems());
        return new ConfigSources(
                root,
                gathered.texts(),
                gathered.authored(),
                resolved,
                hash(gathered.texts(), resolved),
                files.watched(),
                problems);
    }

    private static String hash(Map<Path, String> texts, ObjectNode resolved) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            texts.forEach((file, text) -> update(digest, file + "\0" + text));
            update(digest, resolved.toString());
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, String part) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }
}
