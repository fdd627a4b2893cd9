package dev.evergate.app.config;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.time.World;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a desk works with.
 *
 * @param hash names what clients see
 * @param watched is told which files matter, after every reading
 */
public record Parts(
        World world,
        ConfigFiles files,
        ConfigOverrides overrides,
        ConfigHistory history,
        ConfigHash hash,
        Consumer<Set<Path>> watched) {}
