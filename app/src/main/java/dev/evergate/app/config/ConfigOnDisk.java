package dev.evergate.app.config;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.util.Map;
import java.util.Optional;

/** A configuration as a gateway would start with it, for whoever runs beside one. */
public final class ConfigOnDisk {
    private ConfigOnDisk() {}

    /**
     * Reads the files kindly, as a start does; a missing one counts as empty.
     *
     * @throws EvergateException {@code CONFIG_REFUSED} if nothing can be started with
     */
    public static ConfigSnapshot read(ConfigFiles files, ConfigOverrides overrides) {
        SourceReading reading = files.read();
        if (reading instanceof SourceReading.Missing) {
            reading = files.read(Map.of(files.root(), "{}"));
        }
        return switch (reading) {
            case SourceReading.Read(var sources) ->
                    ConfigReader.read(sources, overrides, 1, Optional.empty()).snapshot();
            case SourceReading.Unusable unusable -> throw refused(unusable.problem().toString());
            case SourceReading.Missing missing -> throw refused(missing.root() + " is missing");
        };
    }

    private static EvergateException refused(String why) {
        return new EvergateException(
                ErrorCode.CONFIG_REFUSED, "The configuration cannot be used: %s".formatted(why));
    }
}
