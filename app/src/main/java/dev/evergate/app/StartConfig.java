package dev.evergate.app;

import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigHistory;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.EvergateException;

import java.util.List;

/**
 * The configuration a generation starts with. Immutable.
 *
 * @param text as it was read
 * @param notices what a person should know about the choice
 */
record StartConfig(StartMode mode, String text, ConfigSnapshot snapshot, List<String> notices) {
    StartConfig {
        notices = List.copyOf(notices);
    }

    /**
     * Chooses by mode. Last-good and safe starts never fail for what the file says, as long as any
     * configuration has proven itself before.
     *
     * @throws EvergateException {@code CONFIG_REFUSED} when there is none to start with
     */
    static StartConfig choose(
            StartMode mode, ConfigFile file, ConfigHistory history, ConfigOverrides overrides) {
        return switch (mode) {
            case NORMAL -> of(mode, file.load(overrides), List.of());
            case LAST_GOOD -> lastGood(file, history, overrides);
            case SAFE -> safe(file, history, overrides);
        };
    }

    private static StartConfig lastGood(
            ConfigFile file, ConfigHistory history, ConfigOverrides overrides) {
        if (history.good().isEmpty()) {
            return of(StartMode.LAST_GOOD, file.load(overrides), List.of());
        }
        ConfigFile good = history.good().get();
        String notice =
                "last-good-config: starts failed, so %s is in use instead of %s"
                        .formatted(good.path(), file.path());
        return of(StartMode.LAST_GOOD, good.load(overrides), List.of(notice));
    }

    private static StartConfig safe(
            ConfigFile file, ConfigHistory history, ConfigOverrides overrides) {
        String notice = "safe-mode: starts failed, so no plugin runs and no message is accepted";
        try {
            return of(StartMode.SAFE, file.load(overrides), List.of(notice));
        } catch (EvergateException refused) {
            ConfigFile good = history.good().orElseThrow(() -> refused);
            return of(
                    StartMode.SAFE,
                    good.load(overrides),
                    List.of(notice, "last-good-config: " + refused.getMessage()));
        }
    }

    private static StartConfig of(StartMode mode, ConfigFile.Loaded loaded, List<String> notices) {
        return new StartConfig(mode, loaded.text(), loaded.snapshot(), notices);
    }
}
