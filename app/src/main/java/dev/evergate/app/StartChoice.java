package dev.evergate.app;

import dev.evergate.api.Secret;
import dev.evergate.app.config.FirstConfig;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.ConfigHistory.Kept;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a configuration to start with, whatever became of the files (I34):
 *
 * <ol>
 *   <li>the files as they stand, with kept values for those that cannot be used;
 *   <li>the newest kept configuration that is proven and undamaged, and then older ones;
 *   <li>nothing is there, and nothing was kept: a first configuration is written;
 *   <li>the file cannot be used and everything that was kept is damaged: safe mode, with defaults.
 * </ol>
 *
 * <p>Only a file that cannot be used and that nothing stands behind refuses the start, and one that
 * would let strangers in if nothing good was kept. Not thread-safe.
 */
final class StartChoice {
    private static final Logger log = LoggerFactory.getLogger(StartChoice.class);

    /** Longer than any disk takes; a file system that does not answer by then is not there. */
    private static final long READ_MS = 10_000;

    private final World world;
    private final ConfigFiles files;
    private final ConfigHistory history;
    private final ConfigOverrides overrides;

    StartChoice(World world, ConfigFiles files, ConfigHistory history, ConfigOverrides overrides) {
        this.world = world;
        this.files = files;
        this.history = history;
        this.overrides = overrides;
    }

    /** A kept configuration that can be used. */
    private record Good(long number, ConfigSources sources, ConfigReading reading) {}

    StartConfig choose(StartMode mode) throws InterruptedException {
        return switch (mode) {
            case NORMAL -> ofFiles(StartMode.NORMAL);
            case LAST_GOOD -> {
                Optional<Good> good = good();
                yield good.isPresent() ? lastGood(good.get()) : ofFiles(StartMode.LAST_GOOD);
            }
            case SAFE -> {
                StartConfig chosen = ofFiles(StartMode.SAFE);
                yield chosen.notices().isEmpty()
                        ? with(
                                chosen,
                                "safe-mode: starts failed, so no plugin runs and no message is accepted")
                        : chosen;
            }
        };
    }

    private static StartConfig with(StartConfig chosen, String notice) {
        return new StartConfig(
                chosen.mode(),
                chosen.sources(),
                chosen.reading(),
                chosen.problems(),
                chosen.shunnedHash(),
                List.of(notice));
    }

    /** The files are set aside, also when they could be used: starts with them have failed. */
    private StartConfig lastGood(Good good) throws InterruptedException {
        SourceReading reading = read(files, Map.of());
        String hash = reading instanceof SourceReading.Read(var sources) ? sources.hash() : "";
        List<ConfigProblem> problems = new ArrayList<>(good.reading().problems());
        if (reading instanceof SourceReading.Unusable unusable) {
            problems.addFirst(unusable.problem());
        }
        String notice =
                "last-good-config: starts failed, so configuration %d is in use instead of %s"
                        .formatted(good.number(), files.root());
        return new StartConfig(
                StartMode.LAST_GOOD,
                good.sources(),
                good.reading(),
                problems,
                hash,
                List.of(notice));
    }

    private StartConfig ofFiles(StartMode mode) throws InterruptedException {
        return switch (read(files, Map.of())) {
            case SourceReading.Read(var sources) -> usable(mode, sources);
            case SourceReading.Unusable unusable -> fallBack(mode, unusable.problem());
            case SourceReading.Missing missing -> missing(mode, missing.root());
        };
    }

    private StartConfig usable(StartMode mode, ConfigSources sources) throws InterruptedException {
        if (wasTakenBack(sources)) {
            Optional<Good> before = good();
            if (before.isPresent()) {
                return instead(mode, sources, before.get());
            }
        }
        long number = number(sources);
        EvergateException refusal;
        try {
            ConfigReading reading = ConfigReader.read(sources, overrides, number, Optional.empty());
            Optional<Good> good = hasBadValues(reading) ? good() : Optional.empty();
            return of(mode, sources, good.isEmpty() ? reading : kept(sources, number, good.get()));
        } catch (EvergateException refused) {
            refusal = refused;
        }
        Optional<Good> good = good();
        if (good.isPresent()) {
            return of(mode, sources, kept(sources, number, good.get()));
        }
        if (history.isEmpty() || isExposed(sources)) {
            throw refusal;
        }
        return withDefaults(new ConfigProblem("", refusal.getMessage()));
    }

    /** Whether it would let strangers in: somebody wants that, and has to hear why not. */
    private boolean isExposed(ConfigSources sources) {
        return ConfigReader.strict(sources, overrides).stream()
                .anyMatch(problem -> problem.kind() == ConfigProblem.Kind.EXPOSED);
    }

    /** Whether messages could not be accepted any more when it was in force the last time. */
    private boolean wasTakenBack(ConfigSources sources) {
        return history.contents().kept().stream()
                .filter(entry -> entry.hash().equals(sources.hash()))
                .limit(1)
                .anyMatch(entry -> entry.state() == Entry.State.ROLLED_BACK);
    }

    /** What was taken back is not tried a second time, unless the files change (I35). */
    private static StartConfig instead(StartMode mode, ConfigSources sources, Good good) {
        var problem =
                new ConfigProblem(
                        ConfigProblem.Kind.UNUSABLE_FILE,
                        "",
                        "%s was taken back, because messages could not be accepted with it; configuration %d is in use"
                                .formatted(sources.root(), good.number()));
        return new StartConfig(
                mode, good.sources(), good.reading(), List.of(problem), sources.hash(), List.of());
    }

    private ConfigReading kept(ConfigSources sources, long number, Good good) {
        return ConfigReader.read(
                sources, overrides, number, Optional.of(good.reading().effective()));
    }

    private static boolean hasBadValues(ConfigReading reading) {
        return reading.problems().stream()
                .anyMatch(problem -> problem.kind() != ConfigProblem.Kind.UNKNOWN_KEY);
    }

    private static StartConfig of(StartMode mode, ConfigSources sources, ConfigReading reading) {
        return new StartConfig(mode, sources, reading, reading.problems(), "", List.of());
    }

    private StartConfig missing(StartMode mode, Path root) throws InterruptedException {
        if (good().isEmpty() && FirstConfig.write(root, world.ids().token())) {
            log.info("Wrote a first configuration to {}", root);
            if (read(files, Map.of()) instanceof SourceReading.Read(var sources)) {
                return usable(mode, sources);
            }
        }
        return fallBack(
                mode,
                new ConfigProblem(
                        ConfigProblem.Kind.UNUSABLE_FILE,
                        "",
                        root + ": it is not there (it can be brought back: evergate config undo)"));
    }

    private StartConfig fallBack(StartMode mode, ConfigProblem problem)
            throws InterruptedException {
        Optional<Good> found = good();
        if (found.isEmpty()) {
            if (history.isEmpty()) {
                throw new EvergateException(
                        ErrorCode.CONFIG_REFUSED,
                        "The configuration cannot be used: %s. Nothing was changed; correct the file and start again."
                                .formatted(problem));
            }
            return withDefaults(problem);
        }
        Good good = found.get();
        List<ConfigProblem> problems = new ArrayList<>();
        problems.add(
                new ConfigProblem(
                        problem.kind(),
                        problem.path(),
                        "%s; configuration %d, the last good one, is in use"
                                .formatted(problem.message(), good.number())));
        problems.addAll(good.reading().problems());
        return new StartConfig(mode, good.sources(), good.reading(), problems, "", List.of());
    }

    /** Nothing is left but what holds anyway, and a secret that only {@code run/access} tells. */
    private StartConfig withDefaults(ConfigProblem problem) throws InterruptedException {
        boolean hasSecret = overrides.token().isPresent() || overrides.password().isPresent();
        var own =
                hasSecret
                        ? overrides
                        : new ConfigOverrides(
                                overrides.port(),
                                overrides.bind(),
                                Secret.of(world.ids().token()),
                                overrides.password());
        if (!(read(files, Map.of(files.root(), "{}")) instanceof SourceReading.Read(var nothing))) {
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED,
                    "The configuration cannot be used: %s".formatted(problem));
        }
        ConfigReading reading = ConfigReader.read(nothing, own, number(nothing), Optional.empty());
        String notice =
                ("safe-mode: %s cannot be used, and every kept configuration is damaged, so no plugin runs and"
                                + " no message is accepted; correct it, then: evergate gateway restart")
                        .formatted(files.root());
        log.error("{}", notice);
        return new StartConfig(
                StartMode.SAFE, nothing, reading, List.of(problem), "", List.of(notice));
    }

    /**
     * The newest kept configuration that can be used. One that was in force with older values in
     * the place of bad ones gets them again, from the ones before it.
     */
    private Optional<Good> good() throws InterruptedException {
        Deque<Kept> chain = new ArrayDeque<>();
        Optional<Good> good = Optional.empty();
        for (var kept = history.good().iterator(); kept.hasNext(); ) {
            Kept next = kept.next();
            Optional<Good> found = good(next, Optional.empty());
            if (found.isPresent() && !hasBadValues(found.get().reading())) {
                good = found;
                break;
            }
            chain.push(next);
        }
        for (Kept next : chain) {
            Optional<Good> found = good(next, good.map(older -> older.reading().effective()));
            good = found.isPresent() ? found : good;
        }
        return good;
    }

    /**
     * A kept configuration as it can be used now.
     *
     * @param older values for those that cannot
     */
    private Optional<Good> good(Kept kept, Optional<ObjectNode> older) throws InterruptedException {
        Path root = kept.texts().keySet().iterator().next();
        long number = kept.entry().number();
        if (!(read(files.at(root), kept.texts()) instanceof SourceReading.Read(var sources))) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Good(
                            number, sources, ConfigReader.read(sources, overrides, number, older)));
        } catch (EvergateException refused) {
            return Optional.empty(); // without a secret it is no help
        }
    }

    private SourceReading read(ConfigFiles from, Map<Path, String> texts)
            throws InterruptedException {
        return from.readWithin(world, READ_MS, texts);
    }

    /** The number it has, or will have when it is kept. */
    private long number(ConfigSources sources) {
        Optional<Kept> last = history.last();
        if (last.isPresent() && last.get().entry().hash().equals(sources.hash())) {
            return last.get().entry().number();
        }
        try {
            return history.next();
        } catch (IOException e) {
            log.warn("The history of configurations cannot be read: {}", e.toString());
            return 1;
        }
    }
}
