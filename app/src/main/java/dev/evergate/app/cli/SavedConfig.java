package dev.evergate.app.cli;

import dev.evergate.app.config.SecretProcesses;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a gateway would start with, as far as its files say. */
final class SavedConfig {
    private SavedConfig() {}

    /**
     * Reads kindly, as a gateway does; a missing file says nothing.
     *
     * @param folder the state directory
     * @param environment variables that the file may name
     * @throws EvergateException {@code CONFIG_REFUSED} if a gateway without a history could not
     *     start with it either
     */
    static ConfigSnapshot read(
            Path file, Path folder, Map<String, String> environment, ConfigOverrides overrides) {
        var files =
                new ConfigFiles(file, folder.resolve(".env"), environment, new SecretProcesses());
        ConfigSources sources =
                switch (files.read()) {
                    case SourceReading.Read(var read) -> read;
                    case SourceReading.Missing _ -> nothing(file);
                    case SourceReading.Unusable unusable ->
                            throw new EvergateException(
                                    ErrorCode.CONFIG_REFUSED,
                                    "The configuration %s cannot be used: %s. Correct the file."
                                            .formatted(file, unusable.problem()));
                };
        return ConfigReader.read(sources, overrides, 1, Optional.empty()).snapshot();
    }

    private static ConfigSources nothing(Path file) {
        return new ConfigSources(
                file,
                Map.of(),
                JsonMapper.shared().createObjectNode(),
                JsonMapper.shared().createObjectNode(),
                "",
                Set.of(),
                List.of());
    }
}
