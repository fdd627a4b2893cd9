package dev.evergate.app;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.time.World;

import java.util.ArrayList;
import java.util.List;

/**
 * The configuration a generation starts with. Immutable.
 *
 * @param mode how much it dares: never more than was asked for
 * @param sources what it was read from: the files as they stand, or a copy that is kept
 * @param problems what is wrong with the files as they stand
 * @param shunnedHash of files that would be usable but are not used, since starts with them failed;
 *     empty if there are none
 * @param notices what a person should know about the mode
 */
record StartConfig(
        StartMode mode,
        ConfigSources sources,
        ConfigReading reading,
        List<ConfigProblem> problems,
        String shunnedHash,
        List<String> notices) {
    StartConfig {
        problems = List.copyOf(problems);
        notices = List.copyOf(notices);
    }

    /**
     * Chooses by mode; see {@link StartChoice}.
     *
     * @throws dev.evergate.core.fault.EvergateException {@code CONFIG_REFUSED} when there is none
     *     to start with
     */
    static StartConfig choose(
            StartMode mode,
            World world,
            ConfigFiles files,
            ConfigHistory history,
            ConfigOverrides overrides)
            throws InterruptedException {
        return new StartChoice(world, files, history, overrides).choose(mode);
    }

    /** The same, with more that a person should know. */
    StartConfig with(List<String> more) {
        List<String> all = new ArrayList<>(notices);
        all.addAll(more);
        return new StartConfig(mode, sources, reading, problems, shunnedHash, all);
    }

    ConfigSnapshot snapshot() {
        return reading.snapshot();
    }
}
