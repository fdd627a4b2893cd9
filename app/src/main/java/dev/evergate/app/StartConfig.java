package dev.evergate.app;

import dev.evergate.app.config.InForce;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigProblem.Kind;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration a generation starts with. Immutable.
 *
 * @param problems what is wrong with the files
 * @param shunnedHash of files that are not used because they do not work; empty if they are used
 * @param notices what a person should know about the choice
 */
record StartConfig(
        StartMode mode,
        InForce config,
        List<ConfigProblem> problems,
        String shunnedHash,
        List<String> notices) {
    StartConfig {
        problems = List.copyOf(problems);
        notices = List.copyOf(notices);
    }

    ConfigSnapshot snapshot() {
        return config.snapshot();
    }

    /**
     * Chooses by mode. Once any configuration has served, no file can keep a generation from
     * starting (I34).
     *
     * @throws EvergateException {@code CONFIG_REFUSED} when there is none to start with
     */
    static StartConfig choose(
            StartMode mode, ConfigFiles files, ConfigHistory history, ConfigOverrides overrides) {
        return new Choice(mode, files, history, overrides).made();
    }

    /** One choice. Not thread-safe. */
    private static final class Choice {
        private final StartMode mode;
        private final ConfigFiles files;
        private final ConfigHistory history;
        private final ConfigOverrides overrides;
        private final List<Entry> known;
        private final List<String> notices = new ArrayList<>();

        Choice(
                StartMode mode,
                ConfigFiles files,
                ConfigHistory history,
                ConfigOverrides overrides) {
            this.mode = mode;
            this.files = files;
            this.history = history;
            this.overrides = overrides;
            ConfigHistory.Contents contents = history.contents();
            this.known = contents.kept();
            notices.addAll(contents.damaged());
        }

        StartConfig made() {
            Optional<InForce> good = good();
            if (mode == StartMode.SAFE) {
                notices.add(
                        "safe-mode: starts failed, so no plugin runs and no message is accepted");
            }
            return switch (files.read()) {
                case SourceReading.Read(var sources) -> ofFiles(sources, good);
                case SourceReading.Unusable unusable -> without(good, unusable.problem());
                case SourceReading.Missing missing ->
                        without(
                                good,
                                new ConfigProblem(
                                        Kind.UNUSABLE_FILE,
                                        "",
                                        "%s is not there (it can be brought back: evergate config undo)"
                                                .formatted(missing.root())));
            };
        }

        private StartConfig ofFiles(ConfigSources sources, Optional<InForce> good) {
            boolean hasFailed =
                    known.stream()
                            .filter(entry -> entry.hash().equals(sources.hash()))
                            .findFirst()
                            .filter(entry -> entry.state() == Entry.State.ROLLED_BACK)
                            .isPresent();
            if (good.isPresent() && (hasFailed || mode == StartMode.LAST_GOOD)) {
                notices.add(
                        "last-good-config: %s, so configuration %d is in use instead of %s"
                                .formatted(
                                        hasFailed ? "it was taken back before" : "starts failed",
                                        good.get().number(),
                                        files.root()));
                return new StartConfig(mode, good.get(), List.of(), sources.hash(), notices);
            }
            try {
                ConfigReading reading =
                        ConfigReader.read(
                                sources, overrides, number(sources), good.map(InForce::effective));
                return new StartConfig(
                        mode, InForce.of(sources, reading), reading.problems(), "", notices);
            } catch (EvergateException refused) {
                InForce instead = good.orElseThrow(() -> refused);
                notices.add("last-good-config: " + refused.getMessage());
                return new StartConfig(mode, instead, List.of(), sources.hash(), notices);
            }
        }

        /** Where a file cannot be used at all. */
        private StartConfig without(Optional<InForce> good, ConfigProblem problem) {
            InForce instead =
                    good.orElseThrow(
                            () ->
                                    new EvergateException(
                                            ErrorCode.CONFIG_REFUSED,
                                            "The configuration %s cannot be used: %s. Nothing was changed; correct the file and start again."
                                                    .formatted(files.root(), problem)));
            notices.add(
                    "last-good-config: configuration %d is in use, because the file cannot be"
                            .formatted(instead.number()));
            return new StartConfig(mode, instead, List.of(problem), "", notices);
        }

        private long number(ConfigSources sources) {
            boolean isLast = !known.isEmpty() && known.getFirst().hash().equals(sources.hash());
            try {
                return isLast ? known.getFirst().number() : history.next();
            } catch (IOException e) {
                notices.add("the configurations of before cannot be read: " + e);
                return 1;
            }
        }

        /** The newest proven one that can be read. */
        private Optional<InForce> good() {
            return history.good().stream()
                    .flatMap(entry -> history.find(entry.number()).stream())
                    .flatMap(kept -> read(kept).stream())
                    .findFirst();
        }

        private Optional<InForce> read(ConfigHistory.Kept kept) {
            Optional<ObjectNode> none = Optional.empty();
            try {
                return files.read(kept.texts()) instanceof SourceReading.Read(var sources)
                        ? Optional.of(
                                InForce.of(
                                        sources,
                                        ConfigReader.read(
                                                sources, overrides, kept.entry().number(), none)))
                        : Optional.empty();
            } catch (EvergateException unusable) {
                notices.add(
                        "configuration %d cannot be used: %s"
                                .formatted(kept.entry().number(), unusable.getMessage()));
                return Optional.empty();
            }
        }
    }
}
